"""The small invented files of tests/data/tables, byte by byte; run this to write them there."""

from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "tables"
LINES = "ville;prix;jour;\nNîmes;1.234,5;31.12.2024;\nOrléans;?;1.2.2024;\n"
CITIES = "城市,人口\n北京,2154\n上海,2487\n"
TABLES = {
    # encodings
    "plain.csv": b"a,b,c\n1,2.5,x\n2,3.5,y\n",
    "utf8_mark.csv": "å;b\n1;ü\n".encode("utf-8-sig"),
    "utf16.txt": "å\tb\n1\tü\n2\tv\n".encode("utf-16"),
    "utf16_no_mark.txt": "å\tb\n1\tü\n2\tv\n".encode("utf-16-le"),
    "cp1252.csv": LINES.encode("cp1252"),
    "degrees.csv": "town,temp (°C)\nBonn,20.5\nÉvry,21.5\n".encode("cp1252"),
    "gb18030.csv": CITIES.encode("gb18030"),
    "big5.csv": "城市,人口\n臺北,2494\n高雄,2731\n".encode("big5"),
    "shift_jis.csv": "都市,人口\n東京,1404\n大阪,275\n".encode("shift_jis"),
    "cp1251.csv": "город,люди\nТула,480\nПермь,1048\n".encode("cp1251"),
    "cp1250.csv": "miasto,ludzie\nŁódź,655\nKraków,804\n".encode("cp1250"),
    "damaged_utf8.csv": "a,b\nürü,1\n".encode() + b"\xfcx,2\n",
    # what separates columns, and which lines are rows
    "excel.csv": b"sep=;\r\na;b\r\n1,5;2\r\n",
    "old_mac.csv": b"a,b\r1,2\r3,4\r",
    "quoted.csv": b'name, note\n"Ann ""A""", "one, two"\nBob, "two\nlines"\n',
    "ragged.csv": b"a,b\n1,2\n\n1,2,3\n",
    "unpaired.csv": b'a,b\n1,2\n"x,1\ny,2\n',
    "two_delimiters.csv": b"city, district;n\nBerlin, Mitte;3\nBerlin, Nord;4\n",
    "one_column.csv": b"text\nHello, you\nwell\n",
    "spaces.txt": b"a b\n1  2\n3  4\n",
    "titles.csv": b"Weather of station 5;;\n# raw\nday;t;u\n2024-01-01;5;6\n2024-01-02;7;8\n",
    "comment_of_names.csv": b"# a,b\n1,2\n3,4\n",
    "no_names.csv": b"5.1,3.5,setosa\n4.9,3.0,setosa\n",
    "letters.csv": b"p,x\ne,x\np,b\n",
    "years.csv": b"land,2019,2020\nA,1,2\n",
    "names_twice.csv": b"a,a,,a_2,\n1,2,3,4,\n1,2,3,,\n",
    # numbers, dates and what is missing
    "thousands.csv": b'a,b\n"1,234,567","1,234.5"\n12,"0.5"\n',
    "spaced_thousands.csv": "a;b\n1 234;x\n12 345 678,5;y\n−2,5;z\n".encode(),
    "comma_of_what.csv": b'a,b\n"1,234",1\n"5,678",2\n',
    "point_of_what.csv": b"a;b\n1.234;1\n5.678;2\n",
    "two_ways.csv": b"a;b\n1,5;1.5\n2,5;2.5\n",
    "both_in_one.csv": b"a;b\n1,5;1\n2.5;2\n",
    "codes.csv": b"zip,long,price,v\n"
    b"01067,12345678901234567890,12 EUR,1.2.3\n99999,1,13 EUR,1.2.4\n",
    "large.csv": b"n,x\n9007199254740993,1\n,1e400\n",
    "marks.csv": b"land,n,m,s,e\nDE,1,-999,a,\nNA,NA,2,?,\nFR,-,3,,\n",
    "nearly_numbers.csv": b"age\n20\n30\nunknown\n",
    "empty_rows.csv": b"a;b\n1;2\n;\n",
    "dates.csv": b"iso,us,point,zone,short\n"
    b"2024-02-01,01/13/2024 3:04 PM,1.2.2024,2024-02-01T00:30+01:00,1/2/24\n"
    b"2024-02-03 12:30:15,02/03/2024 12:00 AM,3.2.2024,2024-02-01 00:30:00Z,3/4/24\n",
    "which_is_the_day.csv": b"day,n\n01/02/2024,1\n03/04/2024,2\n",
    "no_day.csv": b"a,b\n31.02.2024,2024-01-01\n01.03.2024,02.01.2024\n",
    # no tables
    "empty.csv": b" \n",
    "only_names.csv": b"a,b\n",
    "workbook.csv": b"PK\x03\x04 of a workbook: xl/workbook.xml",
    "page.csv": b"<!DOCTYPE html>\n<html></html>",
    "picture.csv": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in FOLDER.iterdir()} - {*TABLES}:
        (FOLDER / stale).unlink()
    for name, data in TABLES.items():
        (FOLDER / name).write_bytes(data)
