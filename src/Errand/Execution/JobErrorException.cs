namespace Errand;

/// <summary>Thrown by a job's work to fail it with an error of its own making.</summary>
public sealed class JobErrorException : Exception
{
    /// <summary>Fails the attempt.</summary>
    /// <param name="error">Why.</param>
    public JobErrorException(JobError error) : base(error.Message) => Error = error;

    /// <summary>Why.</summary>
    public JobError Error { get; }
}
