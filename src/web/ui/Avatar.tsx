// A person as one or two letters, in quiet grey: Chinese given names, Latin initials.
import css from "./ui.module.css";

export function Avatar({ name, large = false }: { readonly name: string; readonly large?: boolean }) {
  const letters = initials(name);
  return (
    <span
      className={css["avatar"]}
      data-size={large ? "large" : undefined}
      data-tight={letters.length > 1 || undefined}
      aria-hidden="true"
    >
      {letters}
    </span>
  );
}

/** 李雷 → 雷, 欧阳小明 → 明, Anna Snelling → AS. */
export function initials(name: string): string {
  const trimmed = name.trim();
  const han = /\p{Script=Han}/u.test(trimmed);
  if (han) return Array.from(trimmed.replaceAll(/\P{Script=Han}/gu, "")).at(-1) ?? "";
  const words = trimmed.split(/\s+/u).filter((word) => word !== "");
  const first = Array.from(words[0] ?? "")[0] ?? "";
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? "")[0] ?? "") : "";
  return `${first}${last}`.toUpperCase();
}
