"""What several rooms must agree on, each truth once; nothing here needs an installed package.

- `folders`: where the course lies, where a learner's work and the data files go
- `registry`: the data files, with their addresses and SHA-256
- `backend`: which backend Keras will use
- `files`: a file that is whole or not there, a name that is still free
- `values`: whole numbers, and what was received as a message shows it
- `fields`: settings that are checked whenever they are set
- `memory`: how much is free, and giving back what is kept for nothing
- `cells`: what may stand in a table where a number belongs
"""
