"""What pyproject.toml cannot say: an editable installation brings its data files too."""

from setuptools import Distribution, setup


class Course(Distribution):
    """The course, whose JupyterLab extension is found where data files go."""

    def has_data(self) -> bool:
        """Tell that there are data files; setuptools' `editable_wheel` asks under this name."""
        return self.has_data_files()


setup(distclass=Course)
