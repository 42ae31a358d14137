/** Nine levels of ten: a billion elements to who expands them. */
export function billionLaughsYaml(): string {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(',')}]`,
  );
  return `l0: &l0 lol\n${levels.join('\n')}\n`;
}

/** The same in XML, in front of a root element that would be taken. */
export function billionLaughsXml(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">${levels.join('')}]><testsuites>&l9;</testsuites>`;
}
