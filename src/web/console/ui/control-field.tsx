type ControlProps = { readonly value: string; readonly onInput: (value: string) => void };

/** Where the agreement of control keys goes, in logs that have some; the service says where it is needed. */
export function ControlField({ value, onInput }: ControlProps) {
  return (
    <details>
      <summary>Agreement of control keys</summary>
      <label for="control">Envelope</label>
      <textarea
        id="control"
        rows={3}
        spellcheck={false}
        value={value}
        aria-describedby="control-help"
        onInput={({ currentTarget }) => onInput(currentTarget.value.trim())}
      />
      <p class="small quiet" id="control-help">
        As <code>waybill control combine</code> writes it. Needed only where the log has control keys.
      </p>
    </details>
  );
}
