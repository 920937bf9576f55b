// All keyboard shortcuts, on `?`.
import { Modal } from "@mantine/core";
import { Fragment } from "react";
import { Kbd } from "../ui/Kbd.tsx";
import { frameWords, keyWords as w } from "../words/frame.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage, type Word } from "../words/words.ts";
import css from "./frame.module.css";

interface Shortcut {
  readonly word: Word;
  /** Pressed together; two lists are pressed one after the other. */
  readonly keys: readonly (readonly string[])[];
}

const groups: readonly { readonly word: Word; readonly shortcuts: readonly Shortcut[] }[] = [
  {
    word: w.everywhere,
    shortcuts: [
      { word: w.search, keys: [["mod", "K"]] },
      { word: w.goHome, keys: [["G"], ["H"]] },
      { word: w.goAccounts, keys: [["G"], ["A"]] },
      { word: w.goContacts, keys: [["G"], ["C"]] },
      { word: w.goOpportunities, keys: [["G"], ["O"]] },
      { word: w.goTodos, keys: [["G"], ["T"]] },
      { word: w.sidebar, keys: [["mod", "\\"]] },
      { word: w.lock, keys: [["mod", "shift", "L"]] },
      { word: w.help, keys: [["?"]] },
    ],
  },
  {
    word: w.inTables,
    shortcuts: [
      { word: w.move, keys: [["up", "down"]] },
      { word: w.open, keys: [["enter"]] },
      { word: w.preview, keys: [["space"]] },
      { word: w.select, keys: [["X"]] },
      { word: w.selectAll, keys: [["mod", "A"]] },
      { word: w.find, keys: [["/"]] },
    ],
  },
];

export function KeyboardHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useLanguage();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t(frameWords.shortcuts)}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      <table className={css["keyTable"]}>
        <tbody>
          {groups.map((group) => (
            <Fragment key={group.word.en}>
              <tr>
                <th colSpan={2} scope="colgroup">
                  {t(group.word)}
                </th>
              </tr>
              {group.shortcuts.map(({ word, keys }) => (
                <tr key={word.en}>
                  <td>{t(word)}</td>
                  <td>
                    {keys.map((together, index) => (
                      <Fragment key={together.join()}>
                        {index > 0 && <span className={css["keyThen"]}>{t(w.then)}</span>}
                        <Kbd keys={together} />
                      </Fragment>
                    ))}
                  </td>
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
