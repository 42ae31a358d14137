import { useLocation } from 'preact-iso/router';
import { addressOf } from '../api/call.ts';

type FilterField = {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  /** What can be chosen; absent: a text. */
  readonly choices?: readonly (readonly [value: string, words: string])[];
};

/** What a list is limited to. It stands in the address, so that it can be kept and sent to others. */
export function FilterForm({ path, fields }: { readonly path: string; readonly fields: readonly FilterField[] }) {
  const { route } = useLocation();
  const apply = (form: HTMLFormElement) => {
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    route(addressOf(path, given));
  };
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        apply(event.currentTarget);
      }}
    >
      {fields.map(({ name, label, value = '', choices }) => (
        <div key={`${name} ${value}`} class="filter">
          <label for={`filter-${name}`}>{label}</label>
          {choices === undefined ? (
            <input
              id={`filter-${name}`}
              name={name}
              type="text"
              defaultValue={value}
              spellcheck={false}
              autocapitalize="off"
            />
          ) : (
            <select
              id={`filter-${name}`}
              name={name}
              defaultValue={value}
              value={value}
              onChange={({ currentTarget: { form } }) => form !== null && apply(form)}
            >
              {choices.map(([choice, words]) => (
                <option key={choice} value={choice}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </div>
      ))}
      <button type="submit" class="plain">
        Show
      </button>
    </form>
  );
}
