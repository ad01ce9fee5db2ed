"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const english = () => root.classList.contains("say-en");
  const remembered = (key, value) => { try { if (value === undefined) return localStorage.getItem(key); localStorage.setItem(key, value); } catch { /* a page from disk may have no storage */ } return null; };
  const charts = [];

  function dark() {
    if (root.classList.contains("dark")) return true;
    if (root.classList.contains("light")) return false;
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function draw() {
    charts.splice(0).forEach((chart) => chart.dispose());
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const ink = colour("--ink"), line = colour("--line"), accent = colour("--accent"), bad = colour("--bad"), good = colour("--good"), soft = colour("--soft");
    const base = { animation: false, textStyle: { color: ink, fontFamily: "inherit" }, grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true }, tooltip: { trigger: "axis", confine: true }, aria: { enabled: true } };
    const axis = { axisLabel: { color: soft }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
    const start = (id, option) => { const element = document.getElementById(id); if (!element) return; const chart = echarts.init(element, null, { renderer: "svg" }); chart.setOption({ ...base, ...option }); charts.push(chart); };
    const percent = (value) => (value === null || value === undefined ? "–" : (value * 100).toFixed(2) + "%");
    const low = Math.min(data.target, ...data.trend.flatMap((one) => [one.final, one.system]).filter((value) => value !== null && value !== undefined));
    start("chart-trend", {
      legend: { textStyle: { color: ink }, top: 0 },
      xAxis: { ...axis, type: "category", data: data.trend.map((one) => one.day) },
      yAxis: { ...axis, type: "value", min: Math.max(0, Math.floor((low - 0.02) * 50) / 50), max: 1, axisLabel: { color: soft, formatter: (value) => Math.round(value * 100) + "%" } },
      tooltip: { ...base.tooltip, formatter: (rows) => rows[0].axisValue + "<br>" + rows.map((row) => row.seriesName + " " + percent(row.value)).join("<br>") + (data.trend[rows[0].dataIndex].note ? "<br>" + echarts.format.encodeHTML(data.trend[rows[0].dataIndex].note) : "") },
      series: [
        { name: english() ? "final" : "最终口径", type: "line", showSymbol: data.trend.length < 40, data: data.trend.map((one) => one.final), itemStyle: { color: accent }, lineStyle: { width: 2.5 },
          markLine: { silent: true, symbol: "none", lineStyle: { color: bad, type: "dashed" }, label: { formatter: (english() ? "target " : "目标 ") + Math.round(data.target * 100) + "%", color: bad, position: "insideEndTop" }, data: [{ yAxis: data.target }] },
          markPoint: { symbol: "pin", symbolSize: 26, itemStyle: { color: soft }, label: { show: false }, data: data.trend.filter((one) => one.note && one.final !== null).map((one) => ({ coord: [one.day, one.final] })) } },
        { name: english() ? "rules alone" : "系统口径", type: "line", showSymbol: data.trend.length < 40, data: data.trend.map((one) => one.system), itemStyle: { color: soft }, lineStyle: { type: "dotted" } },
      ],
    });
    start("chart-funnel", {
      grid: { ...base.grid, top: 8, right: 70 },
      xAxis: { ...axis, type: "value", axisLabel: { show: false } },
      yAxis: { ...axis, type: "category", inverse: true, data: data.funnel.map((one) => (english() ? one.en : one.zh)) },
      series: [{ type: "bar", data: data.funnel.map((one) => one.count), itemStyle: { color: accent }, label: { show: true, position: "right", color: ink, formatter: (row) => row.value.toLocaleString() } }],
    });
    const words = (one) => { const text = english() ? one.en : one.zh; return text.length > 26 ? text.slice(0, 25) + "…" : text; };
    start("chart-reasons", {
      grid: { ...base.grid, top: 8, right: 70 },
      xAxis: { ...axis, type: "value", axisLabel: { show: false } },
      yAxis: { ...axis, type: "category", inverse: true, data: data.reasons.map(words) },
      tooltip: { ...base.tooltip, formatter: (rows) => { const one = data.reasons[rows[0].dataIndex]; return echarts.format.encodeHTML(english() ? one.en : one.zh) + "<br>" + one.count.toLocaleString() + " · Σ " + percent(one.cumulative); } },
      series: [{ type: "bar", data: data.reasons.map((one) => one.count), itemStyle: { color: bad }, label: { show: true, position: "right", color: ink, formatter: (row) => row.value.toLocaleString() } }],
    });
  }

  function say(language) {
    root.classList.toggle("say-en", language === "en");
    root.classList.toggle("say-zh", language !== "en");
    root.lang = language === "en" ? "en" : "zh-CN";
    draw();
  }
  document.getElementById("language").addEventListener("click", () => { const next = english() ? "zh" : "en"; remembered("zhenke-language", next); say(next); });
  document.getElementById("theme").addEventListener("click", () => { const next = dark() ? "light" : "dark"; root.classList.remove("light", "dark"); root.classList.add(next); remembered("zhenke-theme", next); draw(); });

  const valueOf = (row, place) => { const cell = row.cells[place]; return cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent.trim(); };
  document.querySelectorAll("table.sortable").forEach((table) => {
    table.querySelectorAll("thead th").forEach((heading, place) => {
      heading.querySelector("button").addEventListener("click", () => {
        const up = heading.getAttribute("aria-sort") !== "ascending";
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", up ? "ascending" : "descending");
        const number = heading.dataset.kind === "number";
        const rows = [...table.tBodies[0].rows];
        const read = (row) => { const value = valueOf(row, place); return number && typeof value === "string" ? parseFloat(value.replace(/[^\d.+-]/g, "")) || 0 : value; };
        rows.sort((one, other) => { const a = read(one), b = read(other); const order = number ? a - b : String(a).localeCompare(String(b), "zh"); return up ? order : -order; });
        table.tBodies[0].append(...rows);
      });
    });
  });
  document.querySelectorAll("table.filtered").forEach((table) => {
    const controls = table.closest("section").querySelectorAll("[data-filter],[data-search]");
    const apply = () => {
      const picks = [...controls].filter((one) => one.dataset.filter && one.value);
      const sought = [...controls].filter((one) => one.dataset.search !== undefined).map((one) => one.value.trim().toLowerCase()).join("");
      [...table.tBodies[0].rows].forEach((row) => { row.hidden = picks.some((one) => row.dataset[one.dataset.filter] !== one.value) || (sought !== "" && !row.textContent.toLowerCase().includes(sought)); });
    };
    controls.forEach((one) => one.addEventListener("input", apply));
    apply();
  });

  let wait = 0;
  addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(() => charts.forEach((chart) => chart.resize()), 150); });
  addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize()));
  const theme = remembered("zhenke-theme");
  if (theme) root.classList.add(theme);
  say(remembered("zhenke-language") === "en" ? "en" : "zh");
  if (location.hash) { const row = document.getElementById(location.hash.slice(1)); if (row) row.scrollIntoView(); }
})();
