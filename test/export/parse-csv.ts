/**
 * Rows of a CSV file by their columns, read by the grammar of RFC 4180 and nothing of ours, with the mark before what could be
 * a formula taken away again unless `raw`.
 */
export function parseCsv(text: string, raw = false): Record<string, string>[] {
  if (!text.startsWith('\ufeff')) throw new Error('no byte order mark');
  const records = recordsOf(text.slice(1));
  const [header = [], ...rows] = records;
  const back = (cell: string) => (raw ? cell : cell.replace(/^'/, ''));
  return rows.map((row) => {
    if (row.length !== header.length) throw new Error('a record of another length');
    return Object.fromEntries(header.map((name, place) => [name, back(row[place] ?? '')]));
  });
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let [record, at]: [string[], number] = [[], 0];
  while (at < text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    record.push(cell);
    if (text[end] === ',') at = end + 1;
    else if (text.startsWith('\r\n', end)) {
      records.push(record);
      [record, at] = [[], end + 2];
    } else throw new Error(`neither a comma nor a line end at ${end}`);
  }
  return records;
}

function plain(text: string, at: number): [string, number] {
  const end = /[,\r\n"]/.exec(text.slice(at))?.index;
  if (end === undefined || text[at + end] === '"') throw new Error('a quote in a plain cell');
  return [text.slice(at, at + end), at + end];
}

function quoted(text: string, at: number): [string, number] {
  let cell = '';
  for (let place = at + 1; place < text.length; place += 1) {
    if (text[place] !== '"') cell += text[place];
    else if (text[place + 1] === '"') {
      cell += '"';
      place += 1;
    } else return [cell, place + 1];
  }
  throw new Error('a quote that does not end');
}
