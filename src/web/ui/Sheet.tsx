// A sheet beside the page: a panel at the right edge on desktops, the whole height and width on phones.
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./sheet.module.css";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Stays at the lower edge: the buttons. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** A click beside it does not close it: for forms with unsaved values. */
  readonly stay?: boolean;
}

export function Sheet({ opened, onClose, title, children, footer, wide = false, stay = false }: Props) {
  const { t } = useLanguage();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position="right"
      closeOnClickOutside={!stay}
      closeButtonProps={{ "aria-label": t(w.close) }}
      classNames={{
        content: css[wide ? "wide" : "content"] ?? "",
        header: css["header"] ?? "",
        title: css["title"] ?? "",
        body: css["body"] ?? "",
      }}
    >
      <div className={css["scroll"]}>{children}</div>
      {footer !== undefined && <div className={css["footer"]}>{footer}</div>}
    </Drawer>
  );
}
