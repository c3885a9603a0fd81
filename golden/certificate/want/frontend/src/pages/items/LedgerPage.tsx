// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

import { Field, Textarea } from "@fluentui/react-components";

import { items } from "../../api/items";
import { useText } from "../../components/context";
import { CreateItem } from "../../editor/CreateItem";
import { ItemEditor } from "../../editor/ItemEditor";
import type { ItemPageProps } from "../../editor/itemPage";
import { useItem } from "../../editor/useItem";

const type = items.ledger;

/** What an item holds; the back-end gets it as the item's payload. */
interface Payload {
  readonly notes: string;
}

const emptyPayload: Payload = { notes: "" };

/** Creates an item of this type, or edits one. */
export default function LedgerPage({ objectId, workspaceId }: ItemPageProps) {
  return objectId === undefined ? (
    <CreateItem type={type} workspaceId={workspaceId} payload={emptyPayload} />
  ) : (
    <Editor key={objectId} objectId={objectId} />
  );
}

function Editor({ objectId }: { readonly objectId: string }) {
  const t = useText();
  const edited = useItem(objectId, emptyPayload);
  return (
    <ItemEditor type={type} edited={edited}>
      <Field label={t("editor.notes")}>
        <Textarea
          value={edited.payload.notes}
          onChange={(_, { value }) => {
            edited.change({ payload: { ...edited.payload, notes: value } });
          }}
        />
      </Field>
    </ItemEditor>
  );
}
