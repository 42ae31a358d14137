import { useState } from 'preact/hooks';
import { shortDigest } from '../../view/short-digest.ts';

/** A digest, short to read and whole to copy. */
export function Digest({ digest, href }: { readonly digest: string; readonly href?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(digest);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  const text = <span class="mono">{shortDigest(digest)}</span>;
  return (
    <span class="digest">
      {href === undefined ? text : <a href={href}>{text}</a>}
      <button type="button" class="link small" onClick={() => void copy()} aria-label={`Copy ${shortDigest(digest)}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}

/** Address of an image's page; the repository where the digest may be in several. */
export function imageAddress(digest: string, repository?: string): string {
  const query = repository === undefined ? '' : `?repository=${encodeURIComponent(repository)}`;
  return `/console/images/${digest}${query}`;
}
