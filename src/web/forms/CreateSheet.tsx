// Makes a record in a sheet beside the page. A record that a reference needs and that does not exist yet is made in a
// second sheet over it; the first form stays as it is.
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { recordPath } from "../frame/places.ts";
import { useSchema } from "../query.ts";
import { CreateForm } from "./CreateForm.tsx";
import type { Draft } from "./draft.ts";

interface Props {
  readonly object: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly initial?: Readonly<Record<string, Draft>>;
  /** Called with the new record; absent: its page is opened. */
  readonly onCreated?: (id: string, name: string) => void;
  /** After creating one stays where one is. */
  readonly stay?: boolean;
}

export function CreateSheet({ object: key, opened, onClose, initial = {}, onCreated, stay = false }: Props): ReactNode {
  const navigate = useNavigate();
  const objects = useSchema().data?.objects;
  const object = objects?.find((one) => one.key === key);
  /** The reference that is being made: its field here, its object, and the name typed so far. */
  const [nested, setNested] = useState<{ readonly field: string; readonly object: string; readonly name: string }>();
  const [made, setMade] = useState<{ readonly field: string; readonly draft: Draft }>();
  if (!object || !opened) return null;
  const nestedName = objects?.find((one) => one.key === nested?.object)?.nameField;

  return (
    <>
      <CreateForm
        object={object}
        initial={initial}
        filled={made}
        onClose={onClose}
        onCreateReference={(field, target, name) => setNested({ field, object: target, name })}
        onCreated={(id, name, another) => {
          onCreated?.(id, name);
          if (another) return;
          onClose();
          if (!stay && onCreated === undefined) void navigate(recordPath(key, id) ?? ".");
        }}
      />
      {nested && (
        <CreateSheet
          object={nested.object}
          opened
          initial={nestedName === undefined ? {} : { [nestedName]: { value: nested.name } }}
          onClose={() => setNested(undefined)}
          onCreated={(id, name) => setMade({ field: nested.field, draft: { value: id, label: name } })}
        />
      )}
    </>
  );
}
