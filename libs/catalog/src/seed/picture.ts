// Pictures drawn by the project itself, so that a fresh clone shows something and owes nobody a licence.

/** The forms there are; each is drawn in a square of 400 units. */
export type Shape = keyof typeof shapes;

export interface Picture {
  readonly shape: Shape;
  /** Main colour, accent and background, `#rrggbb`. */
  readonly colours: readonly [main: string, accent: string, ground: string];
}

type Paint = (main: string, accent: string) => string;

const band = (y: number, width: number, accent: string) =>
  `<path d="M${200 - width} ${y}q${width / 2} 18 ${width} 0t${width} 0" fill="none" stroke="${accent}" stroke-width="8" stroke-linecap="round"/>`;
const steam = (x: number) =>
  `<path d="M${x} 128c-14-16 14-26 0-44s14-24 2-36" fill="none" stroke="#fff" stroke-opacity=".75" stroke-width="7" stroke-linecap="round"/>`;
const dots = (places: readonly (readonly [number, number])[], radius: number, accent: string) =>
  places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${accent}"/>`).join('');

const shapes = {
  teapot: (main, accent) =>
    `<path d="M112 214c-34-8-44-42-18-66l14 10c-12 16-4 30 10 34z" fill="${main}"/><path d="M286 196c28 2 26-44 56-46l8 12c-22 10-22 66-60 66z" fill="${main}"/><ellipse cx="200" cy="232" rx="98" ry="78" fill="${main}"/><path d="M140 168q60-34 120 0z" fill="${accent}"/><circle cx="200" cy="140" r="12" fill="${accent}"/>${band(232, 76, accent)}${steam(240)}`,
  cup: (main, accent) =>
    `<ellipse cx="200" cy="308" rx="110" ry="16" fill="${accent}"/><path d="M112 170h176c0 84-34 132-88 132s-88-48-88-132z" fill="${main}"/><path d="M284 188c50-8 52 66-10 62" fill="none" stroke="${main}" stroke-width="16"/><ellipse cx="200" cy="170" rx="88" ry="18" fill="${accent}"/>${band(226, 60, accent)}${steam(176)}${steam(216)}`,
  pan: (main, accent) =>
    `<rect x="276" y="186" width="106" height="20" rx="10" fill="${accent}"/><path d="M70 176h216c0 72-30 116-108 116S70 248 70 176z" fill="${main}"/><ellipse cx="178" cy="176" rx="108" ry="24" fill="#fff" fill-opacity=".35"/><ellipse cx="178" cy="178" rx="92" ry="17" fill="${accent}"/>${steam(150)}${steam(200)}`,
  bowl: (main, accent) =>
    `<ellipse cx="200" cy="312" rx="62" ry="12" fill="${accent}"/><path d="M80 178h240c0 80-52 130-120 130S80 258 80 178z" fill="${main}"/><ellipse cx="200" cy="178" rx="120" ry="28" fill="${accent}"/>${dots(
      [
        [120, 226],
        [160, 246],
        [200, 252],
        [240, 246],
        [280, 226],
      ],
      8,
      accent,
    )}`,
  plate: (main, accent) =>
    `<circle cx="200" cy="210" r="126" fill="${main}"/><circle cx="200" cy="210" r="80" fill="#fff" fill-opacity=".35"/>${dots(ring(200, 210, 103, 14), 7, accent)}<path d="M200 166c26 24 26 64 0 88-26-24-26-64 0-88z" fill="${accent}"/>`,
  jar: (main, accent) =>
    `<rect x="136" y="96" width="128" height="34" rx="10" fill="${accent}"/><path d="M130 130h140c26 22 30 40 30 70v86c0 22-14 34-34 34H134c-20 0-34-12-34-34v-86c0-30 4-48 30-70z" fill="${main}"/><rect x="128" y="196" width="144" height="74" rx="12" fill="#fff" fill-opacity=".8"/>${leaf(200, 232, accent)}`,
  tin: (main, accent) =>
    `<rect x="112" y="128" width="176" height="190" rx="18" fill="${main}"/><rect x="104" y="100" width="192" height="46" rx="14" fill="${accent}"/><circle cx="200" cy="230" r="52" fill="#fff" fill-opacity=".85"/>${leaf(200, 230, accent)}`,
  lantern: (main, accent) =>
    `<path d="M160 104a40 40 0 0 1 80 0" fill="none" stroke="${main}" stroke-width="10"/><path d="M142 138l58-42 58 42z" fill="${main}"/><rect x="140" y="138" width="120" height="150" rx="14" fill="${accent}" fill-opacity=".5"/><path d="M200 180c34 36 22 74 0 74s-34-38 0-74z" fill="${accent}"/><path d="M140 138v150M200 138v36M260 138v150" stroke="${main}" stroke-width="9"/><rect x="126" y="284" width="148" height="26" rx="10" fill="${main}"/>`,
  lamp: (main, accent) =>
    `<path d="M140 92h120l44 112H96z" fill="${main}"/><path d="M118 204h164l34 96H84z" fill="#fff" fill-opacity=".22"/><rect x="192" y="204" width="16" height="92" fill="${accent}"/><ellipse cx="200" cy="304" rx="66" ry="16" fill="${accent}"/>${band(160, 62, accent)}`,
  cushion: (main, accent) =>
    `<path d="M92 116q108 26 216 0 22-4 18 18-24 80 0 160 4 22-18 18-108-26-216 0-22 4-18-18 24-80 0-160-4-22 18-18z" fill="${main}"/><path d="M200 138l70 76-70 76-70-76z" fill="none" stroke="${accent}" stroke-width="9"/><path d="M200 176l36 38-36 38-36-38z" fill="${accent}"/>`,
  scarf: (main, accent) =>
    `<path d="M118 96c60 34 104 34 164 0l26 44c-30 22-54 32-78 36l30 140-58 12-22-122c-44-4-70-20-90-48z" fill="${main}"/><path d="M222 232l26-6M228 262l26-6M234 292l26-6" stroke="${accent}" stroke-width="9"/><path d="M128 122c50 30 96 30 150-2" fill="none" stroke="${accent}" stroke-width="8"/>`,
  shirt: (main, accent) =>
    `<path d="M146 96l-76 44 26 62 34-14v132h140V188l34 14 26-62-76-44q-54 44-108 0z" fill="${main}"/><path d="M146 96q54 44 108 0" fill="none" stroke="${accent}" stroke-width="9"/><path d="M200 132v86" stroke="${accent}" stroke-width="7"/>${dots(
      [
        [200, 154],
        [200, 180],
        [200, 206],
      ],
      6,
      accent,
    )}`,
  bag: (main, accent) =>
    `<path d="M148 168c0-88 104-88 104 0" fill="none" stroke="${accent}" stroke-width="13"/><path d="M96 160h208l22 158H74z" fill="${main}"/><path d="M90 208h220" stroke="${accent}" stroke-width="8" stroke-dasharray="18 12"/>${leaf(200, 264, accent)}`,
  notebook: (main, accent) =>
    `<rect x="112" y="88" width="182" height="236" rx="12" fill="#fff"/><rect x="104" y="84" width="182" height="236" rx="12" fill="${main}"/><rect x="104" y="84" width="34" height="236" rx="10" fill="${accent}"/><rect x="164" y="130" width="96" height="46" rx="8" fill="#fff" fill-opacity=".85"/><path d="M176 148h72M176 162h48" stroke="${accent}" stroke-width="5"/>`,
  pen: (main, accent) =>
    `<g transform="rotate(38 200 200)"><rect x="182" y="66" width="36" height="196" rx="14" fill="${main}"/><path d="M182 262h36l-18 52z" fill="${accent}"/><rect x="182" y="112" width="36" height="16" fill="${accent}"/><path d="M222 84v70" stroke="${accent}" stroke-width="8" stroke-linecap="round"/></g><path d="M84 316c40-26 60 18 104-8" fill="none" stroke="${main}" stroke-width="7" stroke-linecap="round"/>`,
  blocks: (main, accent) =>
    `<rect x="90" y="216" width="104" height="104" rx="12" fill="${main}"/><rect x="208" y="216" width="104" height="104" rx="12" fill="${accent}"/><path d="M200 92l62 112H138z" fill="${main}"/><circle cx="142" cy="268" r="24" fill="#fff" fill-opacity=".7"/><path d="M240 248h40v40h-40z" fill="#fff" fill-opacity=".7"/>`,
  top: (main, accent) =>
    `<rect x="192" y="72" width="16" height="80" rx="8" fill="${accent}"/><path d="M88 176q112-56 224 0-20 74-112 144Q108 250 88 176z" fill="${main}"/>${band(190, 96, accent)}<path d="M128 240q72 26 144 0" fill="none" stroke="${accent}" stroke-width="9"/>`,
  kite: (main, accent) =>
    `<path d="M206 68l92 112-104 116-82-122z" fill="${main}"/><path d="M206 68l-12 228M112 174l186 6" stroke="#fff" stroke-opacity=".7" stroke-width="6"/><path d="M194 296c-44 20-20 44-62 54" fill="none" stroke="${accent}" stroke-width="7"/><path d="M206 68l92 112-96-4z" fill="${accent}"/>`,
  planter: (main, accent) =>
    `<path d="M200 214c-8-64-64-70-86-110 62-6 84 32 88 74 4-52 34-88 86-86-6 54-62 66-74 122z" fill="${accent}"/><path d="M118 206h164l-20 112H138z" fill="${main}"/><rect x="106" y="194" width="188" height="32" rx="10" fill="${main}"/><path d="M130 252q70 24 140 0" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="7"/>`,
  can: (main, accent) =>
    `<path d="M262 212l78-56 14 16-76 74z" fill="${main}"/><path d="M96 232c-46-20-34-84 30-76" fill="none" stroke="${accent}" stroke-width="14"/><path d="M122 178h142l14 136H108z" fill="${main}"/><path d="M138 178q56-74 112 0" fill="none" stroke="${accent}" stroke-width="12"/>${dots(
      [
        [352, 196],
        [362, 222],
        [344, 240],
      ],
      6,
      accent,
    )}`,
} as const satisfies Record<string, Paint>;

function ring(x: number, y: number, radius: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    return [Math.round(x + radius * Math.cos(angle)), Math.round(y + radius * Math.sin(angle))];
  });
}

function leaf(x: number, y: number, colour: string): string {
  return `<path d="M${x} ${y - 30}c30 18 30 44 0 62-30-18-30-44 0-62z" fill="${colour}"/><path d="M${x} ${y - 20}v50" stroke="#fff" stroke-width="4"/>`;
}

/** The same picture gives the same bytes, and so the same name, on every machine. */
export function draw(picture: Picture): Buffer {
  const [main, accent, ground] = picture.colours;
  const figure = shapes[picture.shape](main, accent);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">` +
      `<rect width="400" height="400" fill="${ground}"/>` +
      `<circle cx="316" cy="92" r="150" fill="#fff" fill-opacity=".28"/>` +
      `<circle cx="70" cy="330" r="120" fill="#fff" fill-opacity=".18"/>` +
      `<ellipse cx="200" cy="338" rx="130" ry="18" fill="#000" fill-opacity=".12"/>` +
      `${figure}</svg>\n`,
    'utf8',
  );
}
