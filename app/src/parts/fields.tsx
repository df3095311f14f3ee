// What people type, choose and slide.
import { type ReactNode, useId } from "react";

export function NumberField({
    label,
    unit,
    value,
    onChange,
    error,
    hint,
    onMost,
    mostLabel = "Max",
    placeholder = "0",
}: {
    readonly label: string;
    readonly unit: string;
    readonly value: string;
    readonly onChange: (text: string) => void;
    readonly error?: string | undefined;
    readonly hint?: ReactNode;
    readonly onMost?: (() => void) | undefined;
    readonly mostLabel?: string;
    readonly placeholder?: string;
}) {
    const id = useId();
    const told = error ?? hint;
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <div className="input">
                <input
                    aria-describedby={told ? `${id}-told` : undefined}
                    aria-invalid={error ? true : undefined}
                    autoComplete="off"
                    id={id}
                    inputMode="decimal"
                    onChange={event => onChange(event.target.value.replace(/[^\d.,]/g, ""))}
                    placeholder={placeholder}
                    spellCheck={false}
                    value={value}
                />
                <span className="unit">{unit}</span>
                {onMost && (
                    <button onClick={onMost} type="button">
                        {mostLabel}
                    </button>
                )}
            </div>
            {told && (
                <p className={`hint ${error ? "bad" : ""}`} id={`${id}-told`}>
                    {told}
                </p>
            )}
        </div>
    );
}

export function Choice<T extends string>({
    label,
    options,
    value,
    onChange,
    small = false,
}: {
    readonly label: string;
    readonly options: readonly { readonly value: T; readonly text: ReactNode; readonly className?: string }[];
    readonly value: T;
    readonly onChange: (value: T) => void;
    readonly small?: boolean;
}) {
    const name = useId();
    return (
        <fieldset className={`choice ${small ? "small" : ""}`}>
            <legend className="hidden">{label}</legend>
            {options.map(option => (
                <label className={option.className} key={option.value}>
                    <input
                        checked={option.value === value}
                        name={name}
                        onChange={() => onChange(option.value)}
                        type="radio"
                        value={option.value}
                    />
                    {option.text}
                </label>
            ))}
        </fieldset>
    );
}

export function Slider({
    label,
    value,
    least,
    most,
    step,
    marks,
    text,
    onChange,
}: {
    readonly label: string;
    readonly value: number;
    readonly least: number;
    readonly most: number;
    readonly step: number;
    readonly marks: readonly { readonly at: number; readonly text: string }[];
    /** What a screen reader says of the value. */
    readonly text: string;
    readonly onChange: (value: number) => void;
}) {
    const id = useId();
    return (
        <div className="slide">
            <label className="hidden" htmlFor={id}>
                {label}
            </label>
            <input
                aria-valuetext={text}
                id={id}
                max={most}
                min={least}
                onChange={event => onChange(Number(event.target.value))}
                step={step}
                type="range"
                value={value}
            />
            <div className="marks">
                {marks.map(mark => (
                    <button key={mark.at} onClick={() => onChange(mark.at)} type="button">
                        {mark.text}
                    </button>
                ))}
            </div>
        </div>
    );
}

export function Check({
    label,
    checked,
    onChange,
}: {
    readonly label: string;
    readonly checked: boolean;
    readonly onChange: (checked: boolean) => void;
}) {
    return (
        <label className="check">
            <input checked={checked} onChange={event => onChange(event.target.checked)} type="checkbox" />
            {label}
        </label>
    );
}
