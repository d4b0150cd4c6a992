// SPDX-License-Identifier: BSD-3-Clause
// One figure: a plot by ECharts as SVG, its caption, a text for those who cannot see it and the table behind it.
'use strict';

const palette = JSON.parse(document.getElementById('palette').textContent);
const charts = [];
const tableRows = 40;
const plotPixels = 190; // height between the axes of a plot that is not tall
const labelPixels = 12;

/** An element with attributes and children; text is text, never markup. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Name and colour of an entry of the palette, by its value or its name. */
const look = (list, key) =>
  palette[list].find(({value, name}) => value === key || name === key) || {name: String(key), colour: '#777777'};

/** Three digits, without an exponent. */
function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'unknown';
  if (value !== 0 && Math.abs(value) < 1e-4) return 'below 0.0001';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return Number(value.toFixed(digits)).toLocaleString('en');
}

const dayText = (day) => `day ${Math.round(day).toLocaleString('en')} (${(day / 365.25).toFixed(2)} y)`;

/** "name: 4 at the start, lowest 0.1 on day 380, highest …, 4 at the end". */
function describeCurve(name, days, values) {
  const known = values.map((value, i) => [value, days[i]]).filter(([value]) => value !== null);
  if (!known.length) return `${name}: no values`;
  const lowest = known.reduce((a, b) => (b[0] < a[0] ? b : a));
  const highest = known.reduce((a, b) => (b[0] > a[0] ? b : a));
  return (
    `${name}: ${short(known[0][0])} at first, lowest ${short(lowest[0])} on day ${Math.round(lowest[1])}, ` +
    `highest ${short(highest[0])} on day ${Math.round(highest[1])}, ${short(known.at(-1)[0])} at last`
  );
}

function table(header, rows, className = '') {
  const head = el('tr', {}, ...header.map((text) => el('th', {scope: 'col'}, text)));
  const body = rows.map((row) =>
    el('tr', {}, ...row.map((cell) => (cell instanceof Node ? cell : el('td', {}, String(cell))))),
  );
  return el('table', {class: className}, el('thead', {}, head), el('tbody', {}, ...body));
}

/** The numbers behind a plot, made when they are asked for: at most tableRows dates, evenly spread. */
function tableBehind(days, curves) {
  const details = el('details', {}, el('summary', {}, 'The numbers'));
  details.addEventListener('toggle', () => {
    if (details.childElementCount > 1) return;
    const count = Math.min(tableRows, days.length);
    const picked = Array.from({length: count}, (_, i) =>
      count === 1 ? 0 : Math.round((i * (days.length - 1)) / (count - 1)),
    );
    const rows = picked.map((i) => [Math.round(days[i]), ...curves.map((curve) => short(curve.values[i]))]);
    details.append(el('div', {}, table(['day', ...curves.map((curve) => curve.name)], rows)));
  });
  return details;
}

function timeAxis(lastDay) {
  const years = lastDay > 500;
  return {
    type: 'value',
    min: 0,
    max: lastDay,
    name: years ? 'time (years)' : 'time (days)',
    nameLocation: 'middle',
    nameGap: 26,
    interval: years ? 365.25 * Math.max(1, Math.ceil(lastDay / 365.25 / 12)) * (lastDay < 1100 ? 0.5 : 1) : undefined,
    axisLabel: {
      showMaxLabel: years ? false : undefined,
      hideOverlap: true,
      formatter: (day) => (years ? String(Number((day / 365.25).toFixed(1))) : String(day)),
    },
    splitLine: {show: false},
    axisPointer: {label: {formatter: ({value}) => dayText(value)}},
  };
}

/** An axis from 0 to a round number at or above `value`. */
function axisTo(value) {
  const decade = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  const step = [0.2, 0.5, 1, 2, 5].map((factor) => factor * decade).find((length) => value / length <= 6);
  return {min: 0, max: step * Math.ceil(value / step - 1e-9), interval: step};
}

/** The patient's state as a wash behind a plot. */
function stateWash(run) {
  const areas = run.clinical_states
    .filter(([, , state]) => state !== 'well')
    .map(([from, to, state]) => [
      {xAxis: from, itemStyle: {color: look('clinical state', state).colour, opacity: 0.13}},
      {xAxis: to},
    ]);
  return {silent: true, data: areas, label: {show: false}};
}

/** How far each label of a threshold is moved up or down (pixels) so that none lies on another. */
function labelShifts(thresholds, {type, min, max}) {
  const place = (value) => (type === 'log' ? Math.log(value) : value);
  const y = ({value}) => (plotPixels * (place(max) - place(value))) / (place(max) - place(min));
  const wanted = thresholds.map(y);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const moved = [...wanted];
  for (let round = 0; round < 10; ++round) {
    for (let k = 1; k < order.length; ++k) {
      const [above, below] = [order[k - 1], order[k]];
      const lack = Math.max(0, labelPixels - (moved[below] - moved[above]));
      moved[above] -= lack / 2;
      moved[below] += lack / 2;
    }
  }
  return moved.map((at, i) => Math.round(at - wanted[i]));
}

function thresholdLines(thresholds, yAxis) {
  const shifts = labelShifts(thresholds, yAxis);
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: {type: 'dashed', color: '#555555', width: 1},
    label: {position: 'end', color: '#333333', fontSize: 10, formatter: ({data}) => data.text},
    data: thresholds.map(({value, text}, i) => ({yAxis: value, text, label: {offset: [0, shifts[i]]}})),
  };
}

function tooltipNode(parameters) {
  const box = el('div', {}, el('b', {}, dayText(parameters[0].value[0])));
  const seen = new Set();
  for (const {seriesName, value, color, data} of parameters) {
    if (seen.has(seriesName) || !seriesName) continue;
    seen.add(seriesName);
    const swatch = el('span', {
      style: `display:inline-block;width:.7em;height:.7em;margin-right:.4em;background:${color}`,
    });
    box.append(el('div', {}, swatch, `${seriesName}: ${short(data.length > 2 ? data[2] : value[1])}`));
  }
  return box;
}

/** Everything that plots over time have in common. */
function timeOption(run, lastDay, yAxis, series) {
  series[0].markArea = stateWash(run);
  return {
    animation: false,
    aria: {enabled: false},
    textStyle: {fontFamily: 'system-ui, "Liberation Sans", sans-serif'},
    grid: {left: 62, right: series.some(({markLine}) => markLine) ? 112 : 24, top: 34, bottom: 46},
    legend: {top: 0, left: 56, right: 10, type: 'plain', itemHeight: 9, itemWidth: 18, textStyle: {fontSize: 11}},
    tooltip: {trigger: 'axis', confine: true, formatter: tooltipNode, textStyle: {fontSize: 12}},
    xAxis: timeAxis(lastDay),
    yAxis: {nameLocation: 'middle', nameGap: 44, splitLine: {lineStyle: {color: '#eeeeee'}}, ...yAxis},
    dataZoom: [{type: 'inside', zoomOnMouseWheel: 'ctrl', filterMode: 'none'}],
    series,
  };
}

/** A curve; on a logarithmic axis what is below its end is drawn at the end. */
function curve(days, {name, values, colour, dashed = false, floor = null, thresholds = []}, yAxis = {}) {
  const shown = values.map((value) => (value === null || floor === null ? value : Math.max(value, floor)));
  const line = {
    type: 'line',
    name,
    symbol: 'none',
    color: colour,
    lineStyle: {width: 2, type: dashed ? 'dashed' : 'solid'},
    data: days.map((day, i) => [day, shown[i], values[i]]),
  };
  if (thresholds.length) line.markLine = thresholdLines(thresholds, yAxis);
  return line;
}

/** Puts a figure into the page. `curves` feed the description and the table. */
function figure({title, caption = '', days, curves, option, tall = false, events = null}) {
  const text = `${title}. ${curves.map((c) => describeCurve(c.name, days, c.values)).join('. ')}.`;
  const plot = el('div', {class: tall ? 'plot tall' : 'plot', role: 'img', 'aria-label': events || text});
  const whole = el('figure', {}, el('h3', {}, title), plot);
  if (caption) whole.append(el('figcaption', {}, caption));
  if (curves.length) whole.append(tableBehind(days, curves));
  charts.push({plot, option});
  return whole;
}

/** With a view box paper can scale the plot. */
function makeScalable({plot, chart}) {
  plot.querySelector('svg').setAttribute('viewBox', `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
}

/** Draws all figures once they stand in the page; those of one time axis move together. */
function drawFigures() {
  for (const entry of charts) {
    entry.chart = echarts.init(entry.plot, null, {renderer: 'svg'});
    entry.chart.group = 'time';
    entry.chart.setOption(entry.option);
    makeScalable(entry);
  }
  echarts.connect('time');
  window.addEventListener('resize', () => {
    if (window.matchMedia('print').matches) return;
    for (const entry of charts) {
      entry.chart.resize();
      makeScalable(entry);
    }
  });
}
