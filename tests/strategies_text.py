"""Strategies for texts and names: ordinary ones, and ones with everything feeds are known to put in."""

from hypothesis import settings
from hypothesis import strategies as st

unhurried = settings(deadline=None, max_examples=40)
"""For properties whose every example is a few columns of work, on machines that have other things to do."""

HAN = "".join(bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF))
"""The common Han of GB 2312, level 1."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈濮仇单区解"
)

ODD = (
    " \u00a0\u3000\t\n\r\x00\x1b\x85\u200b\u200d\ufeff\u202e\ufe0f（）１ａ？?*×○某·•・．。.-'’"
    "\ue863\ue815\ue000\ufffd⾦⻓嗀豈\U0002f804𠮷䶮〇锟斤拷烫屯鍗椾含甯鐜嬪皬濮鸿春çŽ‹å°ÍõÐ¡Ã÷€ßŉéAbXx1@;,/"
)
"""Characters that cleaning does something about, and pieces of garbled texts."""

texts = st.text(max_size=12)
dirty_texts = st.one_of(
    texts,
    st.text(st.sampled_from(ODD), max_size=14),
    st.text(st.sampled_from(HAN), max_size=6).map(lambda text: text.encode().decode("gb18030", "replace")),
    st.text(st.sampled_from(HAN), max_size=6).map(lambda text: text.encode().decode("latin-1")),
)

names = st.builds(
    lambda surname, given: surname + given,
    st.sampled_from(SURNAMES),
    st.text(st.sampled_from(HAN), min_size=1, max_size=2),
)
"""Complete Han names of two or three characters."""
