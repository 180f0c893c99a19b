"""Terms of training many runs to compare them."""

from vaelab.teaching.glossary.entry import Entry

SWEEPS = (
    Entry(
        term="sweep",
        also=("sweeps", "hyperparameter sweep"),
        short="One recipe trained with several values of a setting, to see what the setting does.",
        long="Everything else stays the same, and every value is trained with the same seeds. Two settings "
        "at once make a table, because the best value of one can depend on the other. Runs are compared by "
        "the unweighted sum of reconstruction and KL, whatever they minimised; where even that means "
        "something else from run to run, only by their squared error.",
        see=("seed band", "held-out images"),
    ),
    Entry(
        term="seed band",
        also=("band", "seeds"),
        short="From the lowest to the highest result among runs that differ in nothing but their seed. Where "
        "the bands of two values overlap, their difference may be luck.",
        long="Three to five seeds show roughly how large luck is, not exactly: more seeds widen the band "
        "rather than narrow it, because it holds the extremes.",
        see=("seed", "sweep"),
    ),
    Entry(
        term="rate-distortion",
        also=("rate and distortion", "rate-distortion plot", "distortion"),
        short="Rate is what the codes say of an image, the KL; distortion is what is still missing, the "
        "reconstruction term. A network of given size can lower one only by raising the other.",
        long="Runs of different beta lie along a curve: large beta at low rate and high distortion, small "
        "beta at the other end (Alemi et al. 2018). Along a line of constant sum the negative ELBO is the "
        "same, so one number cannot tell a VAE with empty codes from one that uses them. A run nearer to "
        "the lower left corner is better than another.",
        see=("rate", "beta", "posterior collapse"),
    ),
)
