// A sheet beside the page: a panel at the right edge on desktops, the whole height and width on phones. One that holds a
// form is not closed over what was typed without asking.
import { Button, Drawer } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./sheet.module.css";
import { UnsavedGuard } from "./UnsavedGuard.tsx";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Stays at the lower edge: the buttons, for a form without “cancel”, which it has by itself. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** A click beside it does not close it. */
  readonly stay?: boolean;
  /** It holds a form: `dirty` with values of the person's, `busy` while they are sent and Esc belongs to what lies over it. */
  readonly form?: { readonly dirty: boolean; readonly busy: boolean };
}

export function Sheet({ opened, onClose, title, children, footer, wide = false, stay = false, form }: Props) {
  const { t } = useLanguage();
  const [asking, setAsking] = useState(false);
  const close = (): void => (form?.dirty === true ? setAsking(true) : onClose());
  return (
    <Drawer
      opened={opened}
      onClose={close}
      title={title}
      position="right"
      closeOnClickOutside={!stay && form === undefined}
      closeOnEscape={!asking && form?.busy !== true}
      closeButtonProps={{ "aria-label": t(w.close) }}
      classNames={{
        content: css[wide ? "wide" : "content"] ?? "",
        header: css["header"] ?? "",
        title: css["title"] ?? "",
        body: css["body"] ?? "",
      }}
    >
      <div className={css["scroll"]}>{children}</div>
      {footer !== undefined && (
        <div className={css["footer"]}>
          {form && (
            <Button variant="default" onClick={close}>
              {t(w.cancel)}
            </Button>
          )}
          {footer}
        </div>
      )}
      {form && (
        <UnsavedGuard
          when={form.dirty && !form.busy}
          closing={
            asking
              ? {
                  leave: () => {
                    setAsking(false);
                    onClose();
                  },
                  stay: () => setAsking(false),
                }
              : undefined
          }
        />
      )}
    </Drawer>
  );
}
