"""Blender's compositor, through the bpy module: no window, no device but the processor."""
import bpy
import numpy

from protocol import HEIGHT, WIDTH, Shots, case, serve


class Nodes:
    """Makes the nodes of a scene's compositor."""

    def __init__(self, scene):
        scene.use_nodes = True
        self.tree = scene.node_tree
        self.tree.nodes.clear()

    def add(self, kind, *sources, **properties):
        """A node whose inputs are sockets, colours, numbers, or None for what they are."""
        node = self.tree.nodes.new("CompositorNode" + kind)
        for name, value in properties.items():
            setattr(node, name, value)
        for socket, source in zip(node.inputs, sources):
            if isinstance(source, bpy.types.NodeSocket):
                self.tree.links.new(source, socket)
            elif source is not None:
                socket.default_value = source
        return node.outputs[0] if node.outputs else None

    def math(self, operation, a, b, clamp=False):
        return self.add("Math", a, b, operation=operation, use_clamp=clamp)

    def sequence(self, path, frames):
        picture = bpy.data.images.load(path)
        picture.source = "SEQUENCE"
        return self.add("Image", image=picture, frame_duration=frames, frame_start=1)

    def channels(self, picture):
        self.add("SeparateColor", picture)
        return list(self.tree.nodes[-1].outputs)[:3]


def prepare(bench):
    scene = bpy.context.scene
    render = scene.render
    render.resolution_x, render.resolution_y = WIDTH, HEIGHT
    render.resolution_percentage = 100
    render.threads_mode, render.threads = "FIXED", bench.threads
    render.compositor_device, render.compositor_precision = "CPU", "FULL"
    render.use_sequencer = False
    settings = render.image_settings
    settings.file_format, settings.color_mode = "OPEN_EXR", "RGB"
    settings.color_depth, settings.exr_codec = "16", "ZIP"
    render.filepath = f"{bench.output}/peer.####"
    return scene


def pixels(path):
    picture = bpy.data.images.load(path)
    values = numpy.empty(WIDTH * HEIGHT * 4, dtype=numpy.float32)
    picture.pixels.foreach_get(values)
    bpy.data.images.remove(picture)
    return values.reshape(HEIGHT, WIDTH, 4)[::-1, :, :3]  # Blender counts rows from the bottom


@case("comp-blender")
def comp(bench):
    scene = prepare(bench)
    nodes = Nodes(scene)
    screen = nodes.sequence(f"{bench.data}/screen.0001.exr", 24)
    red, green, blue = nodes.channels(screen)
    limit = nodes.math("MAXIMUM", red, blue)
    spill = nodes.math("MULTIPLY", nodes.math("SUBTRACT", green, limit), 5.0)
    alpha = nodes.math("SUBTRACT", 1.0, spill, clamp=True)
    clean = nodes.add("CombineColor", red, nodes.math("MINIMUM", green, limit), blue)
    gain = nodes.add("MixRGB", 1.0, clean, (1.1, 1.0, 0.85, 1.0), blend_type="MULTIPLY")
    cut = nodes.add("SetAlpha", nodes.add("Gamma", gain, 0.9), alpha, mode="APPLY")
    street = nodes.sequence(f"{bench.data}/street.0001.exr", 24)
    # A Gaussian reaches three sigma here.
    soft = nodes.add("Blur", street, (24.0, 24.0), filter_type="GAUSS")
    nodes.add("Composite", nodes.add("AlphaOver", None, soft, cut))
    chunks = Shots(bench.output, "peer", 4)

    def run():
        scene.frame_start, scene.frame_end = chunks.now
        bpy.ops.render.render(animation=True)

    return run, lambda path=f"{bench.output}/peer.0001.exr": pixels(path), chunks.next


def keying(bench):
    scene = prepare(bench)
    nodes = Nodes(scene)
    picture = bpy.data.images.load(f"{bench.data}/screen.0001.exr")
    shot = nodes.add("Image", image=picture)
    nodes.add("Composite", nodes.add("Keying", shot, (0.06, 0.34, 0.09, 1.0)))

    def run():
        # Something must have changed, or the result of the run before may be taken.
        scene.frame_current += 1
        bpy.ops.render.render()

    return run, None


case("keyer-fused")(keying)
case("keyer-plate")(keying)


if __name__ == "__main__":
    serve()
