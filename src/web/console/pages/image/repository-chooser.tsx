import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { imageAddress } from '../../ui/digest.tsx';

/** Asked where the digest is in several repositories that the caller may read: custody is that of one. */
export function RepositoryChooser({ digest }: { readonly digest: string }) {
  const { route } = useLocation();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const repository = field.current?.value.trim() ?? '';
    if (repository !== '') route(imageAddress(digest, repository));
  };
  return (
    <form class="card pad" onSubmit={submit}>
      <p>
        <span class="mono">{digest}</span> is in several repositories that you may read. Custody is that of one.
      </p>
      <label for="repository">Repository</label>
      <input id="repository" ref={field} required spellcheck={false} autocapitalize="off" />
      <p class="buttons">
        <button type="submit">Show it</button>
      </p>
    </form>
  );
}
