// The look as Mantine sees it. Colours and measures stand here and in theme.css and nowhere else; the build turns this
// theme into a style sheet, so nothing is styled by script at run time.
import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple, rem } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#e9f5f4",
  "#d2e8e6",
  "#a3d3cf",
  "#6fc4bd",
  "#3fb5ae",
  "#1f8f8a",
  "#0e6e6a",
  "#0b5d5a",
  "#084c49",
  "#063b39",
];
const brass: MantineColorsTuple = [
  "#faf4e8",
  "#f2e6cc",
  "#e5cd9a",
  "#d8b468",
  "#c9a055",
  "#b98a38",
  "#a8792b",
  "#8a6222",
  "#6c4d1a",
  "#4e3712",
];
const danger: MantineColorsTuple = [
  "#fcecea",
  "#f6d3d0",
  "#eda9a3",
  "#f08d85",
  "#ec6f65",
  "#cf3f36",
  "#b3261e",
  "#971f18",
  "#7b1813",
  "#5f120e",
];
const warning: MantineColorsTuple = [
  "#fdf3e4",
  "#f8e2c0",
  "#f0c687",
  "#e9ad52",
  "#e09a35",
  "#c77c0c",
  "#b26a00",
  "#915600",
  "#704300",
  "#503000",
];
const good: MantineColorsTuple = [
  "#e8f4ee",
  "#cfe6da",
  "#9fceb5",
  "#74bd97",
  "#55ad7e",
  "#2f9160",
  "#1f7a4d",
  "#196540",
  "#135033",
  "#0e3b26",
];
/** Ink to paper, as Mantine's `gray` and `dark` count them. */
const gray: MantineColorsTuple = [
  "#fbfbfa",
  "#f4f4f2",
  "#ecece9",
  "#e6e6e3",
  "#d3d4d2",
  "#a9adb1",
  "#7d838b",
  "#5f6670",
  "#3a3f46",
  "#1c1e21",
];
const dark: MantineColorsTuple = [
  "#e9eaec",
  "#c9ccd1",
  "#9aa1ab",
  "#7b828c",
  "#43474e",
  "#2b2e33",
  "#1a1c1f",
  "#131416",
  "#0e0f11",
  "#090a0b",
];

const text = { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) };

/** What lies over the page behind a sheet. */
const veil = { color: "var(--veil)", backgroundOpacity: 1 };

/** Dialog heads are no banners of the page. */
const plainHead = { header: { role: "presentation" } };

export const theme = createTheme({
  colors: {
    accent,
    brass,
    danger,
    warning,
    good,
    gray,
    dark,
    teal: accent,
    red: danger,
    orange: warning,
    yellow: brass,
    green: good,
  },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  // White on the deep colours of light pages, dark ink on the bright ones of dark pages: 4.5 to 1 on both.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === "filled" ? { ...colors, color: "var(--accent-ink)" } : colors;
  },
  black: "#1c1e21",
  white: "#ffffff",
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: text,
  lineHeights: { xs: "1.4", sm: "1.4", md: "1.5", lg: "1.45", xl: "1.35" },
  headings: {
    fontFamily: "var(--font)",
    fontWeight: "600",
    sizes: {
      h1: { fontSize: rem(20), lineHeight: "1.35" },
      h2: { fontSize: rem(16), lineHeight: "1.45" },
      h3: { fontSize: rem(14), lineHeight: "1.5" },
      h4: { fontSize: rem(14), lineHeight: "1.5" },
      h5: { fontSize: rem(13), lineHeight: "1.4" },
      h6: { fontSize: rem(13), lineHeight: "1.4" },
    },
  },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(3), sm: rem(4), md: rem(6), lg: rem(6), xl: rem(6) },
  defaultRadius: "md",
  shadows: { xs: "none", sm: "none", md: "var(--lift)", lg: "var(--lift)", xl: "var(--lift)" },
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 2 } },
    NumberInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    MultiSelect: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 120 }, multiline: true, maw: 280 } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 120 } } },
    Modal: {
      defaultProps: {
        centered: true,
        padding: "lg",
        overlayProps: veil,
        attributes: plainHead,
        shadow: "md",
        transitionProps: { duration: 160, transition: "fade" },
      },
    },
    Drawer: {
      defaultProps: { overlayProps: veil, attributes: plainHead, shadow: "md", transitionProps: { duration: 160 } },
    },
    Loader: { defaultProps: { size: "sm" } },
  },
});
