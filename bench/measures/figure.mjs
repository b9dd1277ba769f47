/* One figure of a measure. By default it is compared with two servers and has no goal. */

/**
 * @param {{ name: string, title: string, unit: string, digits: number } & Partial<import('../measures.mjs').Figure>} figure
 * @returns {import('../measures.mjs').Figure}
 */
export function figure({ references = ['bare', 'peer'], goals = {}, ...rest }) {
  return { references, goals, ...rest };
}
