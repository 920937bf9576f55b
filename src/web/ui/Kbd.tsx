// Keys as they are called on this machine: `mod` is ⌘ on Apple systems and Ctrl elsewhere.
import css from "./ui.module.css";

export const onApple = /Mac|iPhone|iPad/u.test(navigator.platform);

const signs: Readonly<Record<string, string>> = {
  mod: onApple ? "⌘" : "Ctrl",
  shift: onApple ? "⇧" : "Shift",
  enter: "↵",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  esc: "Esc",
  space: "Space",
};

/** `keys`: for example `["mod", "K"]`. */
export function Kbd({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className={css["kbd"]}>
      {keys.map((key) => (
        <kbd key={key}>{signs[key] ?? key}</kbd>
      ))}
    </span>
  );
}
