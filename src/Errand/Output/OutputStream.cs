namespace Errand;

#pragma warning disable CA1711 // Stream is the word for it: this says which one.
/// <summary>Which of a job's two streams a byte was written to.</summary>
public enum OutputStream
#pragma warning restore CA1711
{
    /// <summary>What the job is for: standard output.</summary>
    Out = 0,

    /// <summary>What it says about its work: standard error, log lines.</summary>
    Err = 1,
}
