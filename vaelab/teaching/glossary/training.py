"""Terms of training: data, optimizers, and what is kept of a run."""

from vaelab.teaching.glossary.entry import Entry

TRAINING = (
    Entry(
        term="training and test images",
        also=("train_size", "training images", "test images", "test", "train"),
        short="A model learns from the training images and is judged on the test images, which it never "
        "learns from.",
        long="If the loss goes on falling on training images but rises on test images, the model is "
        "learning by heart: it overfits. Class labels are used to colour points, never to train.",
        see=("epoch", "objective", "overfitting"),
    ),
    Entry(
        term="overfitting",
        also=("overfit", "overfits"),
        short="Learning the training images by heart: their loss falls on, while that of images the model "
        "has never seen rises.",
        long="The more weights and the fewer images, the sooner it begins. More images, fewer epochs, a "
        "smaller network or spoilt inputs help. A VAE overfits less than its twin, an AE, because it has to "
        "make do with noisy codes.",
        see=("training and test images", "underfitting", "denoising autoencoder"),
    ),
    Entry(
        term="underfitting",
        also=("underfit", "underfits"),
        short="Ending before the model has learned what it could: training and test loss are both high "
        "and still falling.",
        long="More epochs, a larger learning rate or a larger network help. Its sign is a curve that is "
        "steep at its end, not one that is high: a loss may be as low as the bottleneck allows.",
        see=("epoch", "overfitting", "learning rate"),
    ),
    Entry(
        term="held-out images",
        also=("held_out", "validation", "held_out_recon", "held_out_kl", "held_out_mse"),
        short="Training images that a run never learns from, to choose among settings by.",
        long="Whoever tries many settings and keeps the one with the best test loss has learned a little "
        "from the test images. So a sweep chooses on held-out images, the same for all its runs, and looks "
        "at the test images once, at the end.",
        see=("training and test images",),
    ),
    Entry(
        term="epoch",
        also=("epochs",),
        short="One pass through all training images, each of them once, in random order.",
        long="After each epoch the model is evaluated on the test images. Most of what is worth seeing "
        "happens in the first one.",
        see=("step", "batch"),
    ),
    Entry(
        term="step",
        also=("steps", "steps_per_epoch"),
        short="One change of all weights, following the gradient on one batch.",
        long="An epoch has as many steps as there are batches: with 60,000 images in batches of 256 it "
        "has 235. Full-batch gradient descent takes one step an epoch.",
        see=("batch", "epoch", "gradient descent"),
    ),
    Entry(
        term="batch",
        also=("batch_size", "batch size", "mini-batch"),
        short="The images whose losses are averaged for one step; the batch size is how many they are.",
        long="Small batches give many, noisy steps an epoch; large ones few, exact steps that the "
        "processor computes more efficiently. With a larger batch a larger learning rate often "
        "works.",
        see=("step", "SGD", "learning rate"),
    ),
    Entry(
        term="gradient descent",
        also=("gd", "optimizer", "optimizers", "gradient"),
        short="Changing all weights a little in the direction in which the loss falls fastest. The "
        "optimizer 'gd' looks at all training images for each step, so it takes one step an epoch.",
        long="In the formula $w$ are the weights, $\\eta$ is the learning rate and $\\nabla L(w)$ "
        "the gradient of the loss $L$. The other optimizers differ in how many images they "
        "look at and in what they make of the gradient.",
        formula=r"w \leftarrow w - \eta\, \nabla L(w)",
        see=("learning rate", "SGD", "momentum", "Adam"),
    ),
    Entry(
        term="SGD",
        also=("stochastic gradient descent",),
        short="Stochastic gradient descent: each step follows the gradient on one batch of images drawn "
        "at random, a noisy but cheap estimate of the gradient on all of them.",
        long="One pass through the data gives hundreds of steps instead of one. The noise averages out "
        "over steps if the learning rate is small enough.",
        see=("gradient descent", "batch", "momentum"),
    ),
    Entry(
        term="momentum",
        short="SGD that keeps moving: each step adds the new gradient to nine tenths of the sum so far, "
        "so that steady directions speed up and zigzags cancel.",
        long="In the formula $v$ is that sum, $g$ the gradient on the batch, $w$ are the weights "
        "and $\\eta$ is the learning rate. In a steady direction steps become up to ten times "
        "as long, so its learning rate has to be smaller than that of SGD.",
        formula=r"v \leftarrow 0.9\, v + g, \quad w \leftarrow w - \eta\, v",
        see=("SGD", "Adam"),
    ),
    Entry(
        term="RMSprop",
        short="SGD that divides the gradient of each weight by its recent size, so that weights with "
        "small and with large gradients move about equally fast.",
        long="In the formula $g$ is the gradient on the batch, $v$ the running average of its "
        "square, $\\alpha$ how slowly that forgets, $w$ are the weights, $\\eta$ is the "
        "learning rate, and $\\epsilon$ a tiny number that avoids a division by 0. It comes "
        "from a lecture by Hinton (2012).",
        formula=r"\begin{aligned} v &\leftarrow \alpha v + (1 - \alpha)\, g^2 \\ "
        r"w &\leftarrow w - \eta\, \frac{g}{\sqrt{v} + \epsilon} \end{aligned}",
        see=("Adam", "SGD"),
    ),
    Entry(
        term="Adam",
        also=("AdamW",),
        short="The usual optimizer: a running average of the gradient, as with momentum, divided for each "
        "weight by its recent size, as with RMSprop.",
        long="In the formula $\\hat{m}$ and $\\hat{v}$ are running averages of the gradient and of "
        "its square, corrected for their start at 0, $w$ are the weights, $\\eta$ is the "
        "learning rate, and $\\epsilon$ a tiny number that avoids a division by 0 (Kingma and "
        "Ba 2015). A weight moves by about the learning rate a step, whatever the scale of "
        "the loss. AdamW also shrinks all weights a little at every step (Loshchilov and "
        "Hutter 2019).",
        formula=r"w \leftarrow w - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}",
        see=("momentum", "RMSprop", "learning rate"),
    ),
    Entry(
        term="learning rate",
        also=("learning_rate",),
        short="The size of a step. Too small, and the loss falls slowly; too large, and it jumps about or "
        "grows without limit.",
        long="What works depends on the optimizer and on the scale of the loss; here losses are summed "
        "over pixels, so rates for gd, sgd and momentum are smaller than where they are averaged. "
        "Every optimizer has a tried default.",
        asked=("loss jumps", "wiggly curve"),
        see=("gradient descent", "one-cycle", "batch"),
    ),
    Entry(
        term="divergence",
        also=("diverged", "diverges", "diverging"),
        short="A loss that grows instead of falling, until it is no longer a finite number.",
        long="Each step jumps over the minimum and lands higher on the other side, where the gradient is "
        "longer still. A smaller learning rate cures it. Its namesake, the KL divergence, is a distance "
        "and a term of the loss.",
        see=("learning rate", "gradient descent"),
    ),
    Entry(
        term="one-cycle",
        also=("lr_schedule", "learning rate schedule", "one cycle"),
        short="A schedule of the learning rate: it rises to its peak over the first tenth of all steps "
        "and then falls to 0 at the last one.",
        long="Large steps in the middle make progress fast, small ones at the end settle (Smith and "
        "Topin 2019, who also vary the momentum; here only the rate changes). The schedule fits the "
        "planned epochs, so stopping early leaves out the part that settles.",
        see=("learning rate", "epoch"),
    ),
    Entry(
        term="checkpoint",
        also=("checkpoints",),
        short="All that is needed to load a model and to train on as if nothing had happened: weights, "
        "the optimizer's state and counters.",
        long="One is written before the first step, after every epoch, and at every pause or stop. An "
        "interrupted run goes on from its last one.",
        see=("snapshot", "seed"),
    ),
    Entry(
        term="snapshot",
        also=("snapshots",),
        short="A small record of the model at one moment, to look back at: the decoder, the codes of the "
        "test images and some reconstructions.",
        long="They are taken at every epoch, and more often in the first one, where most happens; of a "
        "long training some are dropped again, evenly. Rewind shows what they hold. Training cannot go "
        "on from one: that takes a checkpoint.",
        see=("checkpoint", "epoch"),
    ),
    Entry(
        term="bf16",
        also=("precision", "fp32", "bfloat16"),
        short="A number format of 16 bits that reaches as far as one of 32 bits (fp32) but keeps only 8 "
        "significant bits, two to three decimal digits. Some processors compute much faster in it.",
        long="Only the layers of the network compute in it: weights, codes and losses stay in 32 bits. "
        "That costs no quality that can be seen here. With 'auto' it is used where the processor "
        "has units for it, and the run records what was used.",
        asked=("speed", "faster", "gpu"),
        see=("parameter", "step"),
    ),
    Entry(
        term="seed",
        also=("random seed",),
        short="The number from which all random numbers of a run are made: the first weights, the order "
        "of images, the noise. The same recipe with the same seed gives the same run.",
        long="How much results differ between seeds shows how much of a difference between two recipes "
        "is luck. Exactly the same numbers need the same software, kind of processor, precision and "
        "number of threads.",
        see=("training and test images", "checkpoint"),
    ),
)
