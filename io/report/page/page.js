// SPDX-License-Identifier: BSD-3-Clause
// The page: its sections, words and tables, from the data of one or two runs.
'use strict';

/** A section whose content is made once per run, side by side when there are two. */
function section(id, title, introduction, ...makers) {
  const columns = runs.map((run) => el('div', {}, ...makers.flatMap((make) => make(run))));
  const parts = [el('h2', {}, title)];
  if (introduction) parts.push(el('p', {class: 'soft'}, introduction));
  return el('section', {id}, ...parts, el('div', {class: 'runs'}, ...columns));
}
/** The scenario's name; of two runs of one scenario also the directories, which tell them apart. */
const titleOf = (run) =>
  runs.length === 2 && runs[0].name === runs[1].name ? `${run.name} (${run.directory})` : run.name;
const plots = (make) => (run) => [el('div', {class: 'plots'}, ...make(run))];

// ---- the patient in words and numbers

/** Whole percent; of less than one a decimal, so that little is not nothing. */
const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;

/** The sample nearest to a day. */
const sampleAt = (run, day) =>
  run.series.day.reduce((best, d, i, days) => (Math.abs(d - day) < Math.abs(days[best] - day) ? i : best), 0);

/** The last sample, or that of the death: from then on the model stands still. */
const lastSample = (run) => ('death' in run.key_days ? sampleAt(run, run.key_days.death) : run.series.day.length - 1);

/** Late effects, which leave the clinical state as it is. */
function lateEffects(run) {
  return run.events
    .filter(([, event]) => event === 'PNH' || event.startsWith('clonal evolution'))
    .map(([day, event]) => ` ${event[0].toUpperCase()}${event.slice(1)} on ${dayText(day)}.`)
    .join('');
}

function verdict(run) {
  const last = lastSample(run);
  const dead = 'death' in run.key_days;
  const at = (name) => column(run, name)[last];
  const clones = run.clones
    ? run.clones.groups.map((g) => ({name: genotypeLook(g.genotype).name, cells: g.cells[last]}))
    : [];
  const byGenotype = new Map();
  for (const clone of clones) byGenotype.set(clone.name, (byGenotype.get(clone.name) || 0) + clone.cells);
  const shares = [...byGenotype]
    .filter(([, cells]) => cells >= 0.5)
    .sort((a, b) => b[1] - a[1])
    .map(([name, cells]) => {
      const part = (100 * cells) / Math.max(1, at('stem_cells'));
      return `${part < 1 ? 'below 1' : Math.round(part)} % ${name}`;
    })
    .join('; ');
  const text =
    `${dayText(run.series.day[last])}: ${dead ? 'death' : run.clinical_state}.${lateEffects(run)} ` +
    `${short(at('stem_cells'))} of ${short(niches(run, last))} niches hold a live stem cell${shares ? ` (${shares})` : ''}. ` +
    `Neutrophils ${short(at('neutrophils_1e9_per_l'))} and platelets ${short(at('platelets_1e9_per_l'))} × 10⁹/L, ` +
    `hemoglobin ${short(at('hemoglobin_g_per_l'))} g/L, cellularity ${percent(at('cellularity'))}.` +
    (dead ? ' The model stands still from then on.' : '');
  const colour = look('clinical state', run.clinical_state).colour;
  return el('p', {class: 'verdict', style: `border-left-color: ${colour}`}, text);
}

/** [what it is known for, number of the sample]: the start, the key days, the fewest stem cells, and now, by date. */
function keySamples(run) {
  const stem = column(run, 'stem_cells');
  const fewest = stem.reduce((best, value, i) => (value < stem[best] ? i : best), 0);
  const known = [
    ['first', 0],
    ...Object.entries(run.key_days).map(([name, day]) => [name, sampleAt(run, day)]),
    ['fewest stem cells', fewest],
  ];
  if (!('death' in run.key_days)) known.push(['latest', run.series.day.length - 1]);
  const names = new Map();
  for (const [name, i] of known) names.set(i, [...(names.get(i) || []), name]);
  return [...names].sort((a, b) => a[0] - b[0]).map(([i, all]) => [all.join(', '), i]);
}

/** The patient on the days that tell the course. */
function keyTable(run) {
  const days = run.series.day;
  const dates = keySamples(run);
  const severe = run.clinic?.severe || {};
  const row = (label, name, key, factor = 1) => [
    label,
    ...dates.map(([, i]) => {
      const value = column(run, name)[i];
      const low = key && value !== null && value < severe[key];
      return el(
        'td',
        low ? {class: 'low', title: 'meets a criterion of severe aplastic anemia'} : {},
        `${short(value * factor)}${low ? ' ▼' : ''}`,
      );
    }),
  ];
  const rows = linesOfBlood.map((line) =>
    row(`${line.label}, ${line.unit}`, line.column, line.key === 'hemoglobin' ? null : line.key),
  );
  rows.push(
    row('cellularity, %', 'cellularity', 'cellularity', 100),
    row('live stem cells in the box', 'stem_cells'),
    row('cytotoxic T cells per mm³', 'tcells_per_mm3'),
    row('transfusions so far', 'transfusions'),
  );
  const made = table(['', ...dates.map(([name, i]) => `${name}: day ${Math.round(days[i])}`)], rows);
  if (!made.querySelector('.low')) return [made];
  return [made, el('p', {class: 'soft'}, '▼ meets a criterion of severe aplastic anemia.')];
}

/** How far a run is by its series, which is newer than its status file, and what became of it. */
function unfinished(run) {
  const reached = run.series.day.at(-1) ?? 0;
  const percent = Math.floor((100 * reached) / (run.duration_d || Infinity));
  const said = run.state.split('\n')[0].replace(/^'.*?' \(.*?\): /, '');
  return [
    el('p', {}, el('b', {}, `Not finished: day ${short(reached)} of ${short(run.duration_d ?? 0)} (${percent} %).`)),
    el('p', {class: 'soft'}, `When this page was made: ${said}`),
  ];
}

function header(run) {
  const facts = [
    `seed ${run.seed ?? 'unknown'}`,
    `${short(run.volume_mm3)} mm³`,
    `${run.rows} samples`,
    `digest ${run.digest || 'unknown'}`,
  ];
  if (run.every > 1) facts.push(`curves show one sample in ${run.every}`);
  const parts = [el('h1', {}, titleOf(run)), el('p', {}, run.text || ''), el('p', {class: 'soft'}, facts.join(' · '))];
  if (run.status && run.status.state !== 'finished') parts.push(...unfinished(run));
  if (run.series.day.length) parts.push(verdict(run), ...keyTable(run));
  if (run.notes.length)
    parts.push(el('h3', {}, 'Not shown'), el('ul', {}, ...run.notes.map((note) => el('li', {}, note))));
  return parts;
}

// ---- what was run

function tissueTable(run) {
  if (!run.tissue.length) return [el('p', {}, 'The log does not tell what the tissue became.')];
  return [table(['tissue', 'asked', 'achieved'], run.tissue)];
}

function settingsTable(run) {
  const search = el('input', {
    type: 'search',
    placeholder: 'Search: parameter, value or origin',
    'aria-label': 'Search in the settings',
  });
  const rows = run.settings
    .filter(([, value]) => value !== '')
    .map(([path, value, origin]) => {
      const row = [el('td', {}, el('code', {}, path)), el('td', {}, el('code', {}, value)), el('td', {}, origin)];
      return {text: `${path} ${value} ${origin}`.toLowerCase(), row};
    });
  const made = table(
    ['parameter', 'value', 'origin'],
    rows.map(({row}) => row),
    'text',
  );
  const lines = [...made.tBodies[0].rows];
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase();
    lines.forEach((line, i) => {
      line.hidden = !rows[i].text.includes(wanted);
    });
  });
  return [search, el('div', {class: 'scroll'}, made)];
}

function provenanceTables(run) {
  const parts = [el('p', {}, el('code', {}, run.state))];
  for (const [i, segment] of (run.provenance?.segments || []).entries()) {
    const build = segment.build || {};
    const hosts = (segment.hosts || []).map((host) => `${host.host}: ${host.ranks} × ${host.cpu}`).join('; ');
    const rows = [
      ['command', segment.command_line],
      ['in', segment.working_directory],
      ['hours', `${segment.first_step} to ${segment.last_step ?? 'now'}`],
      ['time', `${segment.started} to ${segment.ended ?? 'now'}`],
      ['end', segment.reason ?? 'running, or ended without a word'],
      ['program', `marrow ${build.version}, commit ${build.git_commit} (${build.git_state})`],
      ['compiler', `${build.compiler}; ${build.flags}`],
      [
        'libraries',
        Object.entries(segment.libraries || {})
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ],
      ['ranks', segment.ranks],
      ['hosts', hosts],
      ['scenario hash', segment.scenario_hash],
      ['changes', (segment.changes || []).join('; ') || 'none'],
    ];
    parts.push(el('h3', {}, `Segment ${i + 1}: ${segment.start}`), table(['', ''], rows, 'text'));
  }
  return parts;
}

// ---- the whole

function build() {
  const main = document.getElementById('report');
  if (runs.length === 2) main.classList.add('two');
  document.title = `${runs.map(titleOf).join(' and ')}: marrow report`;
  const started = runs.every((run) => run.series.day?.length);
  const sections = [];
  if (started) {
    sections.push(section('course', 'Course', '', timeLine));
    if (runs.some((run) => run.slices.length)) {
      const slices = section(
        'slices',
        'The marrow in sections',
        'One layer of voxels through the middle of the box, with the cells of 0.2 mm around it. Cells are drawn larger than they are.',
        (run) => [el('div', {class: 'slices'}, ...run.slices.map((slice) => sliceFigure(run, slice)))],
      );
      slices.append(sliceLegend(runs));
      sections.push(slices);
    }
    sections.push(
      section(
        'blood',
        'Blood counts',
        "The patient's own production; the wash behind the curves is the clinical state.",
        plots(bloodFigures),
      ),
      section(
        'clones',
        'Marrow and clones',
        runs
          .map(
            (run) =>
              `${titleOf(run)}: one niche of the box stands for ${short(column(run, 'real_cells_per_niche').at(-1))} stem cells of the patient.`,
          )
          .join(' '),
        (run) => [el('div', {}, ...cloneFigures(run))],
        plots((run) => [cellularityFigure(run), ...bloodGenotypeFigure(run)]),
      ),
      section(
        'immune',
        'T cells, cytokines and turnover',
        '',
        plots((run) => [...immuneFigures(run), turnoverFigure(run)]),
      ),
    );
  }
  sections.push(
    section('tissue', 'Tissue: asked and achieved', '', tissueTable),
    section('settings', 'Settings', 'Every parameter that was used, with its origin.', settingsTable),
    section('provenance', 'Provenance', '', provenanceTables),
  );
  const links = sections.map((part) => el('a', {href: `#${part.id}`}, part.querySelector('h2').textContent));
  main.append(
    el('div', {class: 'runs'}, ...runs.map((run) => el('div', {}, ...header(run)))),
    el('nav', {'aria-label': 'Sections'}, ...links),
    ...sections,
    el(
      'p',
      {class: 'soft'},
      `Made by marrow ${report.version} at ${runs[0].made} from the directories ${runs.map((run) => run.directory).join(' and ')}. ` +
        'A model, not medical advice. Plots: Apache ECharts (Apache License 2.0).',
    ),
  );
  drawFigures();
  document.documentElement.dataset.ready = 'yes';
}
build();
