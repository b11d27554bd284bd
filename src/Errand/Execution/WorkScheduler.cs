namespace Errand;

/// <summary>
/// The one door through which Errand starts work of its own. Nothing in Errand starts a thread, a pool item or a timer elsewhere, so that a
/// simulation that puts its own scheduler and its own <see cref="TimeProvider"/> here decides every interleaving.
/// </summary>
public abstract class WorkScheduler
{
    /// <summary>The thread pool, and threads of its own for work that blocks.</summary>
    public static WorkScheduler Default { get; } = new ThreadWorkScheduler();

    /// <summary>Runs something soon that does not block.</summary>
    /// <param name="work">What to run; it must not throw.</param>
    public abstract void Queue(Action work);

    /// <summary>Runs something soon that may block its thread for as long as it likes, without holding up anybody else.</summary>
    /// <param name="work">What to run; it must not throw.</param>
    public abstract void QueueBlocking(Action work);

    /// <summary>
    /// Makes a loop that runs something on a thread of its own after each signal. Signals that come while it runs are answered by one more run.
    /// </summary>
    /// <param name="name">A name for the thread.</param>
    /// <param name="drain">What to run; it must not throw.</param>
    public abstract WorkLoop CreateLoop(string name, Action drain);

    /// <summary>Runs something asynchronous from its first line on a scheduled thread.</summary>
    /// <param name="work">What to run.</param>
    /// <returns>Ends as the work ends.</returns>
    public async Task Run(Func<Task> work)
    {
        var begun = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue(() =>
        {
            try { begun.SetResult(work()); }
            catch (Exception e) { begun.SetException(e); }
        });
        // Not unwrapped, which would go round by the thread pool.
        var running = await begun.Task;
        await running;
    }
}

/// <summary>A loop that sleeps until it is signalled.</summary>
public abstract class WorkLoop : IDisposable
{
    /// <summary>Asks for a run; never blocks.</summary>
    public abstract void Signal();

    /// <summary>Ends the loop after the run under way, and waits for it unless called from within.</summary>
    public abstract void Dispose();
}
