// SPDX-License-Identifier: BSD-3-Clause
// Sections through the marrow: the tissue as a picture, cells as circles on it.
'use strict';

const svgSpace = 'http://www.w3.org/2000/svg';
const vacantNiche = 0,
  stemCell = 1,
  dyingCell = 2,
  lostNiche = 7;
const tissueInSections = [1, 0, 6, 2, 3];

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** How a cell is drawn: radius (um), fill, stroke, width of the stroke (um), label. */
function cellLook(state, genotype) {
  const {name, colour} = look('cell state', state);
  if (state === vacantNiche) return {r: 15, fill: 'none', stroke: '#1a1a1a', width: 4, label: name};
  if (state === lostNiche) return {r: 15, fill: 'none', stroke: colour, width: 4, label: name};
  if (state === stemCell) {
    const clone = look('genotype', genotype);
    return {r: 22, fill: clone.colour, stroke: '#ffffff', width: 7, label: `${name}, ${clone.name}`};
  }
  if (state === dyingCell) return {r: 18, fill: colour, stroke: '#ffffff', width: 4, label: name};
  return {r: 11, fill: colour, stroke: '#1a1a1a', width: 3, label: name};
}

const circle = ({r, fill, stroke, width}, x, y) =>
  svg('circle', {cx: x, cy: y, r, fill, stroke, 'stroke-width': width});

/** A bar of a round length near a quarter of the width. */
function scaleBar(slice) {
  const step = [2000, 1000, 500, 200, 100, 50, 20].find((length) => length <= slice.x_um / 3) || 10;
  const x = slice.x_um * 0.04,
    y = slice.y_um * 0.955,
    size = slice.x_um * 0.045;
  const text = svg(
    'text',
    {
      x: x + step / 2,
      y: y - size * 0.45,
      'font-size': size,
      'text-anchor': 'middle',
      fill: '#000',
      stroke: '#fff',
      'stroke-width': size * 0.18,
      'paint-order': 'stroke',
    },
    `${step} µm`,
  );
  return [
    svg('rect', {x, y, width: step, height: size * 0.28, fill: '#000', stroke: '#fff', 'stroke-width': size * 0.06}),
    text,
  ];
}

function countStates(slice) {
  const counts = new Map();
  for (const [, , state, genotype] of slice.cells) {
    const label = cellLook(state, genotype).label;
    counts.set(label, (counts.get(label) || 0) + 1);
  }
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${count} × ${label}`)
      .join(', ') || 'no cells'
  );
}

/** Small cells lie below large ones, so that none hides another. */
function sliceFigure(run, slice) {
  const order = (cell) => (cell[2] === stemCell ? 2 : cell[2] === vacantNiche || cell[2] === lostNiche ? 0 : 1);
  const cells = [...slice.cells].sort((a, b) => order(a) - order(b));
  const title = `${slice.name[0].toUpperCase()}${slice.name.slice(1)}: ${dayText(slice.day)}`;
  const counted = countStates(slice);
  const picture = svg('svg', {
    viewBox: `0 0 ${slice.x_um} ${slice.y_um}`,
    role: 'img',
    'aria-label': `${title}. ${counted}.`,
  });
  picture.append(
    svg('image', {
      href: `data:image/png;base64,${slice.png}`,
      width: slice.x_um,
      height: slice.y_um,
      preserveAspectRatio: 'none',
    }),
  );
  for (const [x, y, state, genotype] of cells) picture.append(circle(cellLook(state, genotype), x, slice.y_um - y));
  picture.append(...scaleBar(slice));
  const [name, day] = title.split(': ');
  const part = slice.whole ? '' : ' Grey: not in the frames of this day (output.frames.crop); the counts are of the rest.';
  const dead = slice.day > run.key_days.death ? `, as at death on day ${Math.round(run.key_days.death)}` : '';
  return el(
    'figure',
    {},
    el('h3', {}, name, el('span', {class: 'day'}, `${day}${dead}`)),
    picture,
    el('figcaption', {}, `${counted}.${part} From ${slice.source}.`),
  );
}

/** One entry for every tissue, and for every kind of cell that some slice shows. */
function sliceLegend(runs) {
  const entries = new Map();
  for (const kind of tissueInSections) {
    const {name, colour} = look('tissue', kind);
    entries.set(
      kind === 0 ? 'blood-forming marrow' : name,
      svg('rect', {x: -50, y: -50, width: 100, height: 100, fill: colour, stroke: '#777', 'stroke-width': 6}),
    );
  }
  for (const run of runs) {
    for (const slice of run.slices) {
      for (const [, , state, genotype] of slice.cells) {
        const drawn = cellLook(state, genotype);
        if (!entries.has(drawn.label)) entries.set(drawn.label, circle({...drawn, r: 40, width: 10}, 0, 0));
      }
    }
  }
  const items = [...entries].map(([label, mark]) =>
    el('li', {}, svg('svg', {viewBox: '-50 -50 100 100', 'aria-hidden': 'true'}, mark), label),
  );
  return el('ul', {class: 'legend'}, ...items);
}
