"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const english = () => root.classList.contains("say-en");
  const word = (zh, en) => (english() ? en : zh);
  const remembered = (key, value) => { try { if (value === undefined) return localStorage.getItem(key); localStorage.setItem(key, value); } catch { /* a page from disk may have no storage */ } return null; };
  const percent = (value, digits = 2) => (value === null || value === undefined ? "–" : (value * 100).toFixed(digits) + "%");
  const escaped = (text) => echarts.format.encodeHTML(text);
  const charts = [];

  function dark() {
    if (root.classList.contains("dark")) return true;
    if (root.classList.contains("light")) return false;
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }
  const colours = () => { const style = getComputedStyle(root); const of = (name) => style.getPropertyValue(name).trim(); return { ink: of("--ink"), line: of("--line"), accent: of("--accent"), bad: of("--bad"), soft: of("--soft"), warn: of("--warn"), card: of("--card"), edge: of("--edge") }; };
  const start = (element, option) => { const chart = echarts.init(element, null, { devicePixelRatio: Math.max(2, devicePixelRatio) }); chart.setOption(option); charts.push(chart); };

  function base(c) {
    const font = getComputedStyle(document.body).fontFamily;
    return {
      option: { animation: false, textStyle: { color: c.ink, fontFamily: font }, grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true }, tooltip: { trigger: "axis", confine: true, backgroundColor: c.card, borderColor: c.line, textStyle: { color: c.ink } } },
      axis: { axisLabel: { color: c.soft }, axisLine: { lineStyle: { color: c.line } }, splitLine: { lineStyle: { color: c.line } } },
    };
  }
  function trend(element, c) {
    const { option, axis } = base(c);
    const days = data.trend.map((one) => one.day);
    const told = data.trend.flatMap((one) => [one.final, one.system]).filter((value) => value !== null && value !== undefined);
    const low = Math.min(data.target, ...told), high = Math.max(data.target, ...told);
    const few = data.trend.length < 32;
    start(element, {
      ...option,
      grid: { ...option.grid, top: 14 },
      xAxis: { ...axis, type: "category", data: days, axisLabel: { color: c.soft, hideOverlap: true } },
      yAxis: { ...axis, type: "value", min: Math.max(0, Math.floor(low * 50 - 0.5) / 50), max: Math.min(1, Math.ceil(high * 50 + 0.5) / 50), axisLabel: { color: c.soft, formatter: (value) => Math.round(value * 100) + "%" } },
      tooltip: { ...option.tooltip, formatter: (rows) => { const one = data.trend[rows[0].dataIndex]; const note = word(one.zh, one.en); return one.day + "<br>" + rows.filter((row) => row.value !== undefined && row.value !== null && row.value !== "-" && row.seriesIndex < 3).map((row) => escaped(row.seriesName) + " " + percent(row.value)).join("<br>") + (one.without !== null && one.without !== one.final ? "<br>" + word("不计人工处理 ", "without rulings ") + percent(one.without) : "") + (note ? "<br>◆ " + escaped(note) : ""); } },
      series: [
        { name: word("最终口径", "final"), type: "line", showSymbol: few, data: data.trend.map((one) => one.final), itemStyle: { color: c.accent }, lineStyle: { width: 2.5 }, z: 3 },
        { name: word("系统校验口径", "rules alone"), type: "line", showSymbol: few, data: data.trend.map((one) => one.system), itemStyle: { color: c.soft }, lineStyle: { type: "dotted" } },
        { name: word("目标 ", "target ") + percent(data.target, 0), type: "line", showSymbol: false, data: days.map(() => data.target), itemStyle: { color: c.bad }, lineStyle: { type: "dashed", width: 1.5 } },
        { name: word("变更", "changes"), type: "line", showAllSymbol: true, symbol: "diamond", symbolSize: 11, lineStyle: { width: 0 }, itemStyle: { color: c.warn }, data: data.trend.map((one) => (one.zh ? one.final : "-")), z: 4 },
      ],
    });
  }
  // Each kind of thing has a scale of its own: tonight's rows, what is kept, who is counted.
  function funnel(element, c) {
    const { option, axis } = base(c);
    const shades = [c.soft, c.edge, c.accent];
    const another = (one) => one.without !== null && one.share !== null && one.without !== one.share;
    const told = (one) => one.count.toLocaleString() + (one.share === null ? "" : "  " + percent(one.share, 1)) + (another(one) ? word("（不计人工 ", " (without rulings ") + percent(one.without, 1) + word("）", ")") : "");
    const narrow = element.clientWidth < 520;
    const right = narrow ? 100 : data.funnel.some(another) ? 230 : 130;
    start(element, {
      ...option,
      grid: { ...option.grid, top: 8, right },
      xAxis: { ...axis, type: "value", max: 1, axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false } },
      yAxis: { ...axis, type: "category", inverse: true, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: c.ink }, data: data.funnel.map((one) => word(one.zh, one.en)) },
      tooltip: { ...option.tooltip, formatter: (rows) => { const one = data.funnel[rows[0].dataIndex]; return escaped(word(one.zh, one.en)) + "<br>" + told(one); } },
      series: [{ type: "bar", barCategoryGap: "28%", data: data.funnel.map((one) => ({ value: one.share === null ? 1 : one.share, itemStyle: { color: shades[one.group] } })), label: { show: true, position: "right", color: c.ink, formatter: (row) => { const one = data.funnel[row.dataIndex]; return narrow ? told({ ...one, without: null }) : told(one); } } }],
    });
  }
  function reasons(element, c) {
    const { option, axis } = base(c);
    const narrow = element.clientWidth < 520;
    const cut = (text) => { const most = narrow ? 10 : english() ? 60 : 34; return text.length > most ? text.slice(0, most - 1) + "…" : text; };
    start(element, {
      ...option,
      grid: { ...option.grid, top: 26, right: 70 },
      xAxis: [{ ...axis, type: "value", axisLabel: { show: false }, splitLine: { show: false } }, { ...axis, type: "value", min: 0, max: 1, position: "top", splitNumber: narrow ? 2 : 5, splitLine: { show: false }, axisLabel: { color: c.soft, formatter: (value) => Math.round(value * 100) + "%" } }],
      yAxis: { ...axis, type: "category", inverse: true, axisLabel: { color: c.ink }, data: data.reasons.map((one) => cut(word(one.zh, one.en))) },
      tooltip: { ...option.tooltip, formatter: (rows) => { const one = data.reasons[rows[0].dataIndex]; return escaped(word(one.zh, one.en)) + "<br>" + one.count.toLocaleString() + word(" 人 · 累计 ", " parties · cumulative ") + percent(one.cumulative, 1); } },
      series: [
        { type: "bar", barMaxWidth: 22, data: data.reasons.map((one) => one.count), itemStyle: { color: c.bad, opacity: 0.8 }, label: { show: true, position: "right", color: c.ink, formatter: (row) => row.value.toLocaleString() } },
        { type: "line", xAxisIndex: 1, data: data.reasons.map((one) => one.cumulative), itemStyle: { color: c.soft }, lineStyle: { width: 1.5 }, symbolSize: 5 },
      ],
    });
  }
  const drawn = { "chart-trend": trend, "chart-funnel": funnel, "chart-reasons": reasons };

  function spark(element) {
    const c = colours();
    const past = JSON.parse(element.dataset.past);
    const numbers = past.filter((value) => value !== null);
    const low = Math.min(...numbers), high = Math.max(...numbers);
    start(element, { animation: false, grid: { left: 2, right: 4, top: 3, bottom: 3 }, xAxis: { type: "category", show: false, data: past.map((_, place) => place) }, yAxis: { type: "value", show: false, min: low === high ? low - 1 : low, max: low === high ? high + 1 : high }, series: [{ type: "line", data: past, showSymbol: false, lineStyle: { width: 1.5, color: c.accent } }] });
    element.dataset.drawn = "yes";
  }
  const seen = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach((one) => { seen.unobserve(one.target); spark(one.target); }), { rootMargin: "200px" });
  const sparks = () => [...document.querySelectorAll(".spark")];

  function draw() {
    charts.splice(0).forEach((chart) => chart.dispose());
    const c = colours();
    Object.entries(drawn).forEach(([id, chart]) => { const element = document.getElementById(id); if (element) chart(element, c); });
    sparks().forEach((element) => { delete element.dataset.drawn; seen.unobserve(element); seen.observe(element); });
  }
  function say(language) {
    root.classList.toggle("say-en", language === "en");
    root.classList.toggle("say-zh", language !== "en");
    root.lang = language === "en" ? "en" : "zh-CN";
    document.querySelectorAll("option[data-zh]").forEach((one) => { one.textContent = word(one.dataset.zh, one.dataset.en); });
    document.title = word("客户信息真实性 ", "Authenticity of customer information ") + document.querySelector("header .day").lastChild.textContent.trim();
    draw();
    tables.forEach((apply) => apply());
  }
  document.getElementById("language").addEventListener("click", () => { const next = english() ? "zh" : "en"; remembered("zhenke-language", next); say(next); });
  document.getElementById("theme").addEventListener("click", () => { const next = dark() ? "light" : "dark"; root.classList.remove("light", "dark"); root.classList.add(next); remembered("zhenke-theme", next); draw(); });

  const text = (cell) => { const own = cell.querySelector(english() ? ".en" : ".zh"); return (own || cell).textContent.trim(); };
  function sorted(table, heading, place) {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const number = heading.dataset.kind === "number";
    const read = (row) => { const cell = row.cells[place]; if (cell.dataset.value !== undefined) return Number(cell.dataset.value); const told = text(cell); return number ? parseFloat(told.replace(/[^\d.+-]/g, "")) || 0 : told; };
    const rows = [...table.tBodies[0].rows].map((row) => [read(row), row]);
    rows.sort(([a], [b]) => { const order = number ? a - b : String(a).localeCompare(String(b), english() ? "en" : "zh"); return up ? order : -order; });
    table.tBodies[0].append(...rows.map(([, row]) => row));
  }
  document.querySelectorAll("table.sortable").forEach((table) => {
    table.querySelectorAll("thead th").forEach((heading, place) => heading.querySelector("button").addEventListener("click", () => sorted(table, heading, place)));
  });

  const tables = [];
  const filters = new Map();
  document.querySelectorAll("table.filtered").forEach((table) => {
    const section = table.closest("section");
    const controls = [...section.querySelectorAll("[data-filter],[data-search]")];
    const shown = section.querySelector("[data-shown]");
    const apply = () => {
      const picks = controls.filter((one) => one.dataset.filter && one.value);
      const sought = controls.filter((one) => one.dataset.search !== undefined).map((one) => one.value.trim().toLowerCase()).join("");
      const rows = [...table.tBodies[0].rows];
      rows.forEach((row) => { row.hidden = picks.some((one) => row.dataset[one.dataset.filter] !== one.value) || (sought !== "" && !row.textContent.toLowerCase().includes(sought)); });
      const left = rows.filter((row) => !row.hidden).length;
      if (shown) shown.textContent = left + " / " + rows.length;
    };
    const told = () => {
      const set = new URLSearchParams(controls.filter((one) => one.value && (one.dataset.search !== undefined || one.options[0].value !== one.value)).map((one) => [one.dataset.filter || "search", one.value])).toString();
      history.replaceState(null, "", "#" + section.id + (set ? "?" + set : ""));
    };
    controls.forEach((one) => ["input", "change"].forEach((what) => one.addEventListener(what, () => { apply(); told(); })));
    filters.set(section.id, (query) => { controls.forEach((one) => { const key = one.dataset.filter || "search"; if (query.has(key)) one.value = query.get(key); else if (one.dataset.search !== undefined || one.options[0].value === "") one.value = ""; }); apply(); });
    tables.push(apply);
  });

  // #rules?status=fail shows the failing; #x-RULE-D04 shows that row, whatever was filtered.
  function follow() {
    const [id, query] = decodeURIComponent(location.hash.slice(1)).split("?");
    if (!id) return;
    if (query !== undefined && filters.has(id)) filters.get(id)(new URLSearchParams(query));
    const target = document.getElementById(id);
    if (!target) return;
    const row = target.closest("tr");
    if (row) {
      if (row.hidden) filters.get(row.closest("section").id)(new URLSearchParams());
      document.querySelectorAll("tr.meant").forEach((one) => one.classList.remove("meant"));
      row.classList.add("meant");
    }
    (row || target).scrollIntoView({ block: row ? "center" : "start" });
  }
  addEventListener("hashchange", follow);

  let wait = 0;
  addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(draw, 200); });
  let before = null;
  addEventListener("beforeprint", () => { before = root.className; root.classList.remove("dark"); root.classList.add("light", "printed"); draw(); sparks().filter((one) => !one.dataset.drawn && one.closest("tr") && !one.closest("tr").hidden).forEach((one) => { seen.unobserve(one); spark(one); }); });
  addEventListener("afterprint", () => { root.className = before; draw(); });
  const theme = remembered("zhenke-theme");
  if (theme) root.classList.add(theme);
  say(remembered("zhenke-language") === "en" ? "en" : "zh");
  follow();
})();
