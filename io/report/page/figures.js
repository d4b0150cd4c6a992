// SPDX-License-Identifier: BSD-3-Clause
// The figures of a report: which curves each has, from the data of one or two runs, on the same axes.
'use strict';

const report = JSON.parse(document.getElementById('data').textContent);
const runs = report.runs;
const lastDay = Math.max(1, ...runs.map((run) => run.series.day?.at(-1) ?? 0));
const column = (run, name) => run.series[name] || run.series.day.map(() => null);
const anyAbove = (name, limit) => runs.some((run) => column(run, name).some((value) => value > limit));
const highest = (...names) =>
  Math.max(...runs.flatMap((run) => names.flatMap((name) => column(run, name).map((value) => value ?? 0))));

/** A figure of curves over time. */
function timeFigure(run, {title, caption, unit, curves, yAxis = {}, tall = false}) {
  const days = run.series.day;
  const series = curves.map((c) => curve(days, c, yAxis));
  return figure({
    title,
    caption,
    tall,
    days,
    curves,
    option: timeOption(run, lastDay, {type: 'value', name: unit, ...yAxis}, series),
  });
}

// ---- quantities

const linesOfBlood = [
  {
    key: 'neutrophils',
    column: 'neutrophils_1e9_per_l',
    label: 'neutrophils (ANC)',
    unit: '10⁹/L',
    floor: 0.01,
    top: 10,
  },
  {
    key: 'platelets',
    column: 'platelets_1e9_per_l',
    label: 'platelets',
    unit: '10⁹/L',
    floor: 1,
    top: 1000,
    transfused: 'platelets_with_transfusion_1e9_per_l',
  },
  {
    key: 'hemoglobin',
    column: 'hemoglobin_g_per_l',
    label: 'hemoglobin',
    unit: 'g/L',
    transfused: 'hemoglobin_with_transfusion_g_per_l',
  },
  {key: 'reticulocytes', column: 'reticulocytes_1e9_per_l', label: 'reticulocytes', unit: '10⁹/L'},
];

/** Thresholds of the clinical definitions for one quantity, each value once. */
function thresholds(run, key) {
  if (!run.clinic) return [];
  const found = new Map();
  const add = (value, text) => {
    if (value > 0) found.set(value, [...(found.get(value) || []), text]);
  };
  if (key === 'neutrophils') add(run.clinic.very_severe_neutrophils, 'very severe');
  add(run.clinic.severe[key], 'severe');
  add(run.clinic.moderate[key], 'moderate');
  if (key !== 'cellularity') {
    add(run.clinic.partial_response[key], 'PR');
    add(run.clinic.complete_response[key], 'CR');
  }
  return [...found].map(([value, names]) => ({value, text: `${short(value)} ${names.join(', ')}`}));
}

const niches = (run, i) =>
  ['stem_cells', 'apoptotic_cells', 'vacant_niches', 'lost_niches'].reduce(
    (sum, name) => sum + (column(run, name)[i] || 0),
    0,
  );

// ---- time line

const drugWord = (name) => name.replaceAll('_', ' ').replace(/\batg\b/, 'ATG');
const eventDetail = (detail) => drugWord(detail.replace(/^therapy\[\d+\](: )?/, ''));

/** The row of each event, so that no number hides another: 0, or above it where the last ones are too near. */
function lanesOf(events) {
  const numbersInRow = window.innerWidth < 760 ? 15 : runs.length === 2 ? 14 : 55;
  const ends = [];
  return events.map(([day]) => {
    const free = ends.findIndex((end) => day - end > lastDay / numbersInRow);
    const lane = free >= 0 ? free : ends.length;
    ends[lane] = day;
    return lane;
  });
}

/** About the width of a time line between its axes. */
function timeLinePixels() {
  const columns = runs.length === 2 && window.innerWidth >= 760 ? 2 : 1;
  return Math.max(120, Math.min(window.innerWidth, runs.length === 2 ? 1700 : 1180) / columns - 220);
}

/** Names of the bars of the clinical state, in the text: there they have room at any width. */
function stateLegend(bars) {
  const items = bars.map(({name, colour}) => {
    const mark = svg('rect', {x: -50, y: -50, width: 100, height: 100, fill: colour, stroke: '#777', 'stroke-width': 6});
    return el('li', {}, svg('svg', {viewBox: '-50 -50 100 100', 'aria-hidden': 'true'}, mark), name);
  });
  return el('ul', {class: 'legend'}, ...items);
}

function timeLine(run) {
  const drugs = [...new Set(run.therapy.map(([, , what]) => what))];
  const lanes = lanesOf(run.events);
  const eventRow = (lane) => `events${' '.repeat(lane)}`;
  const rows = [
    ...drugs.map(drugWord).reverse(),
    'clinical state',
    'events',
    ...[...new Set(lanes)].filter((lane) => lane > 0).map(eventRow),
  ];
  const bars = new Map();
  const shortest = (3 * lastDay) / timeLinePixels(); // a drug of one day is still seen
  const add = (row, what, colour, from, to) => {
    if (!bars.has(`${row}/${what}`)) bars.set(`${row}/${what}`, {name: what, row, colour, data: []});
    bars.get(`${row}/${what}`).data.push([from, row], [Math.max(to, from + shortest), row], [null, null]);
  };
  for (const [from, to, state] of run.clinical_states)
    add('clinical state', state, look('clinical state', state).colour, from, to);
  for (const [from, to, drug] of run.therapy) add(drugWord(drug), drugWord(drug), look('process', 'drug').colour, from, to);
  const series = [...bars.values()].map(({name, colour, data}) => ({
    type: 'line',
    name,
    data,
    color: colour,
    symbol: 'none',
    silent: true,
    lineStyle: {width: 18, cap: 'butt', opacity: 0.95},
  }));
  series.push({
    type: 'scatter',
    name: 'event',
    silent: true,
    symbol: 'circle',
    symbolSize: 17,
    color: '#1a1a1a',
    data: run.events.map(([day], i) => ({
      value: [day, eventRow(lanes[i])],
      label: {show: true, formatter: String(i + 1), color: '#ffffff', fontSize: 10},
    })),
  });
  const option = timeOption(
    run,
    lastDay,
    {
      type: 'category',
      data: rows,
      axisTick: {show: false},
      axisLabel: {formatter: (row) => (row.endsWith(' ') ? '' : row)},
    },
    series,
  );
  option.series[0].markArea = undefined;
  option.grid = {left: 130, right: 40, top: 10, bottom: 78};
  option.legend.show = false;
  option.tooltip = {show: false};
  option.dataZoom.push({
    type: 'slider',
    filterMode: 'none',
    height: 16,
    bottom: 8,
    showDataShadow: false,
    labelFormatter: (day) => `day ${Math.round(day)}`,
  });
  const words = run.events.map(([day, event]) => `${dayText(day)}: ${event}`).join('; ') || 'no event';
  const made = figure({
    title: 'Clinical course and treatment',
    days: [],
    curves: [],
    option,
    events: `Clinical course. ${words}.`,
    caption:
      'Numbered events are listed below. Responses are dated by the first day of the time over which their criteria held; the clinical state changes at its end. The bar under the plot zooms all plots over time; so does the mouse wheel with Ctrl.',
  });
  const plot = made.querySelector('.plot');
  plot.style.height = `${145 + 26 * rows.length}px`;
  plot.before(stateLegend([...bars.values()].filter(({row}) => row === 'clinical state')));
  const list = run.events.map(([day, event, detail]) =>
    el(
      'li',
      {},
      el('b', {}, dayText(day)),
      ` ${drugWord(event)}${eventDetail(detail) ? ` (${eventDetail(detail)})` : ''}`,
    ),
  );
  return [
    made,
    list.length
      ? el('ol', {class: 'events'}, ...list)
      : el('p', {}, 'No event: nobody fell ill and nothing was given.'),
  ];
}

// ---- blood and marrow

function bloodFigures(run) {
  const legend = 'Dashed: thresholds of the definitions (PR partial, CR complete response).';
  return linesOfBlood.map((line) => {
    const curves = [
      {
        name: line.label,
        values: column(run, line.column),
        colour: look('curve', line.key).colour,
        floor: line.floor ?? null,
        thresholds: thresholds(run, line.key),
      },
    ];
    if (line.transfused && anyAbove('transfusions', 0)) {
      curves.push({
        ...look('process', 'with transfused cells'),
        values: column(run, line.transfused),
        dashed: true,
        floor: line.floor ?? null,
      });
    }
    const yAxis = line.floor
      ? {type: 'log', min: line.floor, max: line.top}
      : axisTo(highest(line.column, line.transfused || line.column));
    return timeFigure(run, {
      title: `${line.label[0].toUpperCase()}${line.label.slice(1)}`,
      unit: `${line.label} (${line.unit})`,
      curves,
      yAxis,
      caption: line.floor ? `Logarithmic; less than ${line.floor} is drawn at ${line.floor}. ${legend}` : legend,
    });
  });
}

function cellularityFigure(run) {
  const percent = (values) => values.map((value) => (value === null ? null : 100 * value));
  const lines = thresholds(run, 'cellularity').map(({value, text}) => ({
    value: 100 * value,
    text: `${short(100 * value)} ${text.replace(/^\S+ /, '')}`,
  }));
  if (run.clinic)
    lines.push({
      value: 100 * run.clinic.normal.cellularity,
      text: `${short(100 * run.clinic.normal.cellularity)} normal here`,
    });
  return timeFigure(run, {
    title: 'Cellularity of the marrow',
    unit: 'cellularity (%)',
    yAxis: {min: 0, max: 100},
    caption: 'Share of the marrow space that is not fat; normal depends on age.',
    curves: [
      {
        name: 'cellularity, %',
        values: percent(column(run, 'cellularity')),
        colour: look('curve', 'cellularity').colour,
        thresholds: lines,
      },
    ],
  });
}

// ---- immune system and turnover

function immuneFigures(run) {
  const density = (values) => values.map((value) => (value === null ? null : value / (run.volume_mm3 || 1)));
  const kinds = [
    ['tcells_exhausted', 'exhausted T cells', look('cell state', 'T cell, exhausted').colour],
    ['tcells_memory', 'memory T cells', look('cell state', 'T cell, memory').colour],
    ['tregs', 'regulatory T cells', look('curve', 'regulatory T cells').colour],
  ];
  const curves = [
    {name: 'cytotoxic T cells', values: column(run, 'tcells_per_mm3'), colour: look('cell kind', 'cytotoxic T cell').colour},
    ...kinds
      .filter(([name]) => anyAbove(name, 0))
      .map(([name, label, colour]) => ({name: label, values: density(column(run, name)), colour})),
  ];
  const top = Math.max(1, ...curves.flatMap((c) => c.values.map((v) => v ?? 0)), highest('tcells_per_mm3'));
  const levels = [
    {name: 'attack = mean cytokine level', values: column(run, 'attack'), colour: look('cell kind', 'cytotoxic T cell').colour},
    {name: 'antigen', values: column(run, 'antigen'), colour: look('cell kind', 'stem cell').colour, dashed: true},
    {...look('process', 'vacancy'), values: column(run, 'vacancy'), dashed: true},
  ];
  return [
    timeFigure(run, {title: 'T cells in the marrow', unit: 'cells per mm³', curves, yAxis: axisTo(top)}),
    timeFigure(run, {
      title: 'Attack, cytokines and antigen',
      unit: 'level (1 = full)',
      curves: levels,
      yAxis: axisTo(Math.max(1.2, highest('attack'))),
      caption:
        `Attack 1: the T cells of a full attack, and the mean interferon-gamma and TNF that they make${run.signals ? ' (this run also resolves them in space)' : ''}. ` +
        'Antigen 1: every niche holds a stem cell that presents it, and no treatment removes it. Vacancy 1: every niche is empty.',
    }),
  ];
}

/** Counters since the start as rates over windows of about 30 days. */
function ratesOf(run, names) {
  const days = run.series.day;
  const total = days.map((_, i) => names.reduce((sum, name) => sum + (column(run, name)[i] || 0), 0));
  let from = 0;
  return days.map((day, i) => {
    while (from < i - 1 && day - days[from] > 30) ++from;
    return day > days[from] ? (30 * (total[i] - total[from])) / (day - days[from]) : null;
  });
}

function turnoverFigure(run) {
  const kinds = [
    ['divisions', ['stem_divisions'], look('cell kind', 'stem cell').colour],
    ['killed by T cells', ['stem_killed'], look('cell kind', 'cytotoxic T cell').colour],
    ['differentiated', ['stem_differentiations', 'stem_daughters_lost'], look('process', 'differentiated').colour],
  ];
  const all = runs.map((r) => kinds.flatMap(([, names]) => ratesOf(r, names))).flat();
  return timeFigure(run, {
    title: 'What happens to stem cells',
    unit: 'cells per 30 days',
    caption: 'Means over 30 days, or from sample to sample where these lie further apart.',
    yAxis: axisTo(Math.max(10, ...all.map((value) => value ?? 0))),
    curves: kinds.map(([name, names, colour]) => ({name, values: ratesOf(run, names), colour})),
  });
}
