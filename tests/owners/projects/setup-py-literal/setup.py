from setuptools import setup

setup(
    name="lamp",
    version="1.0",
    py_modules=["lamp"],
    install_requires=['flask>=3', 'requests>=2.31'],
    extras_require={"test": ["pytest"]},
)
