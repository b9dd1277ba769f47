const [WIDTH, HEIGHT] = [320, 240];
const FRAMES_PER_SECOND = 10;

/** A camera that needs no permission: a canvas with the name, a clock and a moving bar. */
export function testVideo(name: string, colour: string): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const picture = canvas.getContext('2d');
  let frame = 0;
  const draw = (): void => {
    if (picture === null) return;
    frame += 1;
    picture.fillStyle = colour;
    picture.fillRect(0, 0, WIDTH, HEIGHT);
    picture.fillStyle = '#fff';
    picture.fillRect((frame * 8) % WIDTH, HEIGHT - 30, 60, 16);
    picture.font = '32px system-ui, sans-serif';
    picture.fillText(name, 16, 60, WIDTH - 32);
    picture.font = '20px system-ui, sans-serif';
    picture.fillText(new Date().toLocaleTimeString(undefined, { hour12: false }), 16, 100);
  };
  draw();
  setInterval(draw, 1000 / FRAMES_PER_SECOND);
  return canvas.captureStream(FRAMES_PER_SECOND);
}
