// What every page stands in: theme, answers in memory, messages, routes. Style sheets are static; the only style tag
// made at run time is the scroll lock's, which bears the answer's nonce.
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router";
import { queryClient } from "./query.ts";
import { router } from "./routes.tsx";
import { theme } from "./theme.ts";
import { uiWords } from "./words/ui.ts";
import { useLanguage } from "./words/words.ts";

const colorSchemes = localStorageColorSchemeManager({ key: "strongroom.theme" });
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

// The name under which the scroll lock (react-remove-scroll) looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

export function App() {
  const { t } = useLanguage();
  const spoken = {
    ...theme,
    components: {
      ...theme.components,
      PasswordInput: {
        defaultProps: {
          ...theme.components?.["PasswordInput"]?.defaultProps,
          visibilityToggleButtonProps: { "aria-label": t(uiWords.togglePassword) },
        },
      },
    },
  };
  return (
    <MantineProvider
      theme={spoken}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-center" limit={3} containerWidth={420} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
