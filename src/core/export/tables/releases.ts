import type { ImageReleased } from '../../entry/kinds/image-released.ts';
import { placeIn, type Table } from '../table.ts';

/** What was released where, on which recorded verdict, and what was retired. */
export const releases: Table = {
  name: 'releases',
  kinds: ['image.released', 'image.retired'],
  columns: ['repository', 'digest', 'environment', 'verdict_seq', 'entry_of_environment'],
  cells: ({ entry }) => {
    const body = entry.body as Partial<ImageReleased>;
    return {
      repository: entry.repository,
      digest: body.digest,
      environment: body.environment,
      verdict_seq: body.verdict,
      entry_of_environment: placeIn(entry, 'release'),
    };
  },
};
