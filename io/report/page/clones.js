// SPDX-License-Identifier: BSD-3-Clause
// Stem cells by clone and genotype: a Muller plot, curves, and what a test of the blood would see.
'use strict';

/** Name and colour of a genotype; null: several that the run's files do not tell apart. */
const genotypeLook = (genotype) =>
  genotype === null ? {name: 'of a genotype that is not known', colour: '#9a9a9a'} : look('genotype', genotype);

/** Colours of the groups: that of the genotype, in several tints for further groups of the same one. */
function groupColours(groups) {
  const tints = [0.3, 0.6, 0.15, 0.45, 0.72];
  const used = new Map();
  return groups.map((group) => {
    const {colour} = genotypeLook(group.genotype);
    const before = used.get(colour) || 0;
    used.set(colour, before + 1);
    return before === 0 ? colour : echarts.color.lift(colour, tints[(before - 1) % tints.length]);
  });
}
function groupName(group) {
  const name = group.name.replaceAll('_', ' ');
  return group.clones > 1 ? `${name} (${group.clones} clones)` : name;
}

function cloneFigures(run) {
  if (!run.clones || !run.clones.groups.length) return [];
  const days = run.series.day;
  const {groups, bands, moments} = run.clones;
  const colours = groupColours(groups);
  const share = (values) =>
    values.map((value, i) => (value === null ? null : (100 * value) / Math.max(1, niches(run, i))));
  const area = (name, values, colour) => ({
    type: 'line',
    name,
    stack: 'niches',
    symbol: 'none',
    color: colour,
    lineStyle: {width: 1, color: colour},
    areaStyle: {opacity: 1, color: colour},
    data: days.map((day, i) => [day, values[i] > 0 ? values[i] : null]),
  });
  const series = bands.map(([g, part]) =>
    area(groupName(groups[g]), share(groups[g].cells.map((cells) => cells * part)), colours[g]),
  );
  bands.forEach(([g], b) => {
    series[b].data = series[b].data.map(([day, value], i) => [day, value, share(groups[g].cells)[i]]);
  });
  const empty = days.map((_, i) => niches(run, i) - column(run, 'stem_cells')[i]);
  series.push(area('niches without a live stem cell', share(empty), look('cell state', 'vacant niche').colour));
  const curves = groups.map((group, g) => ({
    name: groupName(group),
    values: group.cells,
    colour: colours[g],
    floor: 0.5,
  }));
  const known = moments
    ? `Founders and genotypes are of every sample. Single clones are known at ${moments} moments (frames and checkpoints) and drawn between those less than a year apart; elsewhere their cells are in the band of their genotype.`
    : 'Founders and genotypes, of every sample; single clones are drawn from three frames or checkpoints on.';
  const stacked = timeOption(run, lastDay, {type: 'value', name: 'share of all niches (%)', min: 0, max: 100}, series);
  stacked.series[0].markArea = undefined;
  const top = Math.max(10, ...runs.flatMap((r) => (r.clones ? r.clones.groups.flatMap((g) => g.cells) : [])));
  return [
    figure({
      title: 'Stem cells by clone and genotype (Muller plot)',
      tall: true,
      days,
      curves,
      option: stacked,
      caption: `Offspring lie inside the clone from which they arose. ${known}`,
    }),
    figure({
      title: 'The same, live stem cells on a logarithmic axis',
      tall: true,
      days,
      curves,
      caption: 'Clones with no cell are drawn at 0.5.',
      option: timeOption(
        run,
        lastDay,
        {type: 'log', name: 'live stem cells in the box', min: 0.5, max: top * 1.3},
        curves.map((c) => curve(days, c)),
      ),
    }),
  ];
}

const bloodGenotypes = [
  ['neutrophils_hla_lacking_share', 'HLA-lacking'],
  ['neutrophils_gpi_negative_share', 'GPI-negative'],
  ['neutrophils_driver_share', 'driver'],
  ['neutrophils_monosomy_7_share', 'monosomy 7'],
];

function bloodGenotypeFigure(run) {
  const curves = bloodGenotypes
    .filter(([name]) => anyAbove(name, 0))
    .map(([name, genotype]) => ({
      ...look('genotype', genotype),
      floor: 0.01,
      dashed: genotype === 'monosomy 7', // often in the very cells that have the driver, whose curve it then covers
      values: column(run, name).map((value) => (value === null ? null : 100 * value)),
    }));
  if (!curves.length) return [];
  return [
    timeFigure(run, {
      title: 'Losses and drivers among neutrophils',
      unit: 'share of neutrophils (%)',
      curves,
      yAxis: {type: 'log', min: 0.01, max: 100},
      caption:
        'What flow cytometry or sequencing of the blood would measure; a cell with several is counted in each. Less than 0.01 % is drawn there.',
    }),
  ];
}

