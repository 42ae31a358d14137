import type { ImageSigned } from '../../entry/kinds/image-signed.ts';
import type { Table } from '../table.ts';

/** Images that were signed; one that is signed again is a row again. */
export const images: Table = {
  name: 'images',
  kinds: ['image.signed'],
  columns: [
    'repository',
    'digest',
    'shape',
    'children',
    'media_type',
    'size',
    'run',
    'signer',
    'assurance',
    'predicate_type',
  ],
  cells: ({ entry }) => {
    const { digest, shape, children, mediaType, size } = entry.body as ImageSigned;
    const { repository, run, signer, assurance, predicateType } = entry;
    return {
      repository,
      digest,
      shape,
      children: children.length,
      media_type: mediaType,
      size,
      run,
      signer,
      assurance,
      predicate_type: predicateType,
    };
  },
};
