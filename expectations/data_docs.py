"""The library's own pages of a night's results, as an appendix: offline, in Chinese, of what was masked.

Its page view links a dozen files of others on the network, a logo and a newsletter. Ours keeps the page's content and
leaves all of that out: what stands beside it is one small style sheet.
"""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResultSchema
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

HERE = Path(__file__).parent
FOLDER = "datadocs"
STYLE = "datadocs.css"
SUITES = {
    "measures": "指标与规则",
    "table_facts": "各表的行数、主键与数值",
    "table_columns": "各表的列与类型",
    "codes": "各表的代码列",
    "rates": "真实率表",
    "rule_stats": "规则统计表",
    "verdicts": "结论",
    "ledger": "台账",
}
BEIJING = ZoneInfo("Asia/Shanghai")

_DROPPED = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        r"<script\b.*?</script>",
        r"<style\b.*?</style>",
        r"<link\b[^>]*>",
        r"<img\b[^>]*>",
        r"<!--.*?-->",
        r'<nav class="navbar navbar-expand.*?</ol>\s*</nav>\s*</div>\s*</nav>',
        r'<div class="card mb-3">\s*<div class="card-header p-2">\s*<strong>Actions.*?</label>\s*</div>\s*</div>\s*</div>\s*</div>',
        r"<footer\b.*?</footer>",
    )
)
_MARKS = (
    (re.compile(r'<i class="fas fa-check[^>]*></i>'), '<b class="pass">✓</b>'),
    (re.compile(r'<i class="fas fa-times[^>]*></i>'), '<b class="fail">✗</b>'),
    (re.compile(r'<i class="fas fa-exclamation[^>]*></i>'), '<b class="fail">⚠</b>'),
    (re.compile(r"<i class=[^>]*></i>"), ""),
    (re.compile(r'<a href="\.\./[^"]*"[^>]*>(.*?)</a>', re.DOTALL), r"\1"),
    (re.compile(r' on\w+="[^"]*"'), ""),
)
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_WORDS = {
    "Expectation Validation Result": "期望校验结果",
    "Evaluates whether a batch of data matches expectations.": "检验一批数据是否符合期望。",
    "Table of Contents": "目录",
    "Overview": "概览",
    "Table-Level Expectations": "整表期望",
    "Expectation Suite:": "期望集：",
    "Data asset: None": "",
    "Statistics": "统计",
    "Evaluated Expectations": "已检期望",
    "Unsuccessful Expectations": "未通过",
    "Successful Expectations": "通过",
    "Success Percent": "通过率",
    "Observed Value": "观测值",
    "Expectation": "期望",
    "Status": "结果",
    "Run Info": "运行信息",
    "Run Name": "运行名",
    "Run Time": "运行时间",
    "Great Expectations Version": "程序库版本",
    "Show more info": "更多",
    "Succeeded": "通过",
    "Failed": "未通过",
    "Info": "信息",
    "Status:": "结果：",
    "documented / published": "说明与发布的列",
    "negative_counts": "负数",
    "impossible_shares": "不在0与1之间的占比",
    "key_duplicates": "主键重复",
    "key_nulls": "主键为空",
    "missing_files": "缺少的表",
    "rate": "真实率",
    "digest": "口径摘要",
    "caliber": "口径",
    "rule": "规则",
    "verdict": "结论",
    "count": "数量",
    **SUITES,
}
_PHRASES = (
    (re.compile(r"(\S+) unexpected values found\. (\S+) of ([\d,]+) total rows\."), r"\1 处不符合，占 \3 行的 \2。"),
    (re.compile(r"(\S+%) unexpected\b"), r"\1 不符合"),
    (re.compile("Validations /"), "校验 /"),
)
"""The library's words, and ours."""


class OfflinePageView(DefaultJinjaPageView):
    """The library's page without anything that is not in it."""

    def render(self, document: Any, template: Any = None, **told: Any) -> str:
        """The page, in Chinese, with times of Beijing."""
        return offline(str(super().render(document, template, **told)))


def offline(page: str) -> str:
    """``page`` as it can be opened from a disk: its content, our head."""
    for form in _DROPPED:
        page = form.sub("", page)
    for form, mark in _MARKS:
        page = form.sub(mark, page)
    page = _TIME.sub(lambda found: _beijing(found.group()), page)
    body = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)
    text = re.sub(r">([^<]+)<", lambda found: f">{_chinese(found[1])}<", body[1] if body else page)
    return _page(
        "期望校验结果", f'<p><a href="index.html">← 校验文档目录</a> · <a href="../index.html">返回报告</a></p>{text}'
    )


def _beijing(told: str) -> str:
    return datetime.fromisoformat(told).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _chinese(text: str) -> str:
    bare = text.strip()
    if bare in _WORDS:
        return text.replace(bare, _WORDS[bare])
    for form, ours in _PHRASES:
        text = form.sub(ours, text)
    return text


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="{STYLE}"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def write(night_folder: Path, reports: Path) -> Path:
    """Write ``reports/datadocs/`` from the masked results below ``night_folder``; gives its first page."""
    folder = reports / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(HERE / STYLE, folder / STYLE)
    rows, day, view = [], "", OfflinePageView()  # one for all pages: it compiles the library's templates
    for name, told in sorted(
        _results(night_folder / "expectations" / "validations"), key=lambda one: list(SUITES).index(one[0])
    ):
        document = ValidationResultsPageRenderer(run_info_at_end=True).render(
            ExpectationSuiteValidationResultSchema().load(told)
        )
        (folder / f"{name}.html").write_text(view.render(document), encoding="utf-8")
        day, sums = told["meta"]["run_id"]["run_name"].removesuffix(f"-{name}"), told["statistics"]
        mark = '<b class="pass">✓</b>' if told["success"] else '<b class="fail">✗</b>'
        rows.append(
            f'<tr><th scope="row"><a href="{name}.html">{SUITES[name]}</a></th><td>{mark}</td>'
            f"<td>{sums['successful_expectations']} / {sums['evaluated_expectations']}</td></tr>"
        )
    body = (
        f'<p><a href="../index.html">← 返回报告</a></p><h1>校验文档（附录）</h1><p>业务日期 {day}</p>'
        "<p>由 Great Expectations 逐条给出的结果，供核对；结论与责任部门以报告为准。数据不足以判断的期望在此计为通过。</p>"
        '<table><thead><tr><th scope="col">期望集</th><th scope="col">结果</th><th scope="col">通过 / 已检</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    first = folder / "index.html"
    first.write_text(_page("校验文档", body), encoding="utf-8")
    return first


def _results(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        yield told["suite_name"], told
