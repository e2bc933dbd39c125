from pathlib import Path

from setuptools import setup

setup(
    name="lamp",
    version="1.0",
    py_modules=["lamp"],
    install_requires=Path(__file__).with_name("requirements.txt").read_text().splitlines(),
)
