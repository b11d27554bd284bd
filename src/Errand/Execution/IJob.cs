namespace Errand;

/// <summary>A kind of job as a class. It is made from the services of each run, so it may ask for scoped ones.</summary>
/// <typeparam name="TInput">What it is given.</typeparam>
/// <typeparam name="TResult">What it returns.</typeparam>
public interface IJob<in TInput, TResult>
{
    /// <summary>Does the work.</summary>
    /// <param name="input">What it is given.</param>
    /// <param name="job">The means to report, to ask, to save and to notice that it should stop.</param>
    Task<TResult> RunAsync(TInput input, JobContext job);
}

/// <summary>Of jobs that return nothing.</summary>
public readonly record struct NoResult;
