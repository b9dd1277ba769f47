/** The middle value, or the mean of the two in the middle. @param {number[]} values */
export function median(values) {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** At most a quarter of the values is less. @param {number[]} values */
export function lowerQuartile(values) {
  return ascending(values)[Math.floor((values.length - 1) / 4)];
}

function ascending(values) {
  return values.toSorted((a, b) => a - b);
}
