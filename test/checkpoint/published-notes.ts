import type { NoteVector } from './vector-runs.ts';

/** The example of C2SP signed-note, "Verifier keys". */
export const SPECIFICATION_VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
export const SPECIFICATION_TEXT = 'This is an example message.\n';
export const SPECIFICATION_LINE =
  '\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
export const SPECIFICATION_NOTE = `${SPECIFICATION_TEXT}\n${SPECIFICATION_LINE}`;

/** A line of some other key, from the example of C2SP tlog-checkpoint; its public key is not published. */
export const UNKNOWN_LINE =
  '\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

/** Key of the Go checksum database, https://sum.golang.org; its checkpoint bears an origin that is not the key's name. */
export const SUMDB_VKEY = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
export const SUMDB_TEXT = 'go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n';
export const SUMDB_NOTE = `${SUMDB_TEXT}\n\u2014 sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n`;

export const PUBLISHED_NOTES: readonly NoteVector[] = [
  {
    title: 'the example of signed-note',
    note: SPECIFICATION_NOTE,
    vkeys: [SPECIFICATION_VKEY],
    wantText: SPECIFICATION_TEXT,
  },
  { title: 'a checkpoint of the Go checksum database', note: SUMDB_NOTE, vkeys: [SUMDB_VKEY], wantText: SUMDB_TEXT },
  { title: 'a reader with many keys', note: SUMDB_NOTE, vkeys: [SPECIFICATION_VKEY, SUMDB_VKEY], wantText: SUMDB_TEXT },
  {
    title: 'a reader with another key only',
    note: SUMDB_NOTE,
    vkeys: [SPECIFICATION_VKEY],
    wantCode: 'note/no-known-signature',
  },
  {
    title: 'an altered text',
    note: SPECIFICATION_NOTE.replace('example message', 'example massage'),
    vkeys: [SPECIFICATION_VKEY],
    wantCode: 'note/bad-signature',
  },
  {
    title: 'an unknown line before the known one',
    note: `${SPECIFICATION_TEXT}\n${UNKNOWN_LINE}${SPECIFICATION_LINE}`,
    vkeys: [SPECIFICATION_VKEY],
    wantText: SPECIFICATION_TEXT,
  },
];
