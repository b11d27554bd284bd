namespace Errand;

/// <summary>What this process knows of a kind of job: how to run it, and what holds where a spec says nothing.</summary>
public sealed class JobKind
{
    /// <summary>A kind.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="executor">Makes or finds what runs it, for each run.</param>
    public JobKind(string name, Func<JobContext, IJobExecutor> executor)
    {
        JobSpecRules.CheckKind(name);
        Name = name;
        Executor = executor;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Makes or finds what runs it, for each run.</summary>
    public Func<JobContext, IJobExecutor> Executor { get; }

    /// <summary>The limits of jobs that set none. Default: those of <see cref="ErrandOptions.DefaultLimits"/>.</summary>
    public JobLimits? Limits { get; set; }

    /// <summary>What happens after a failure, where a job does not say. Default: it is the end.</summary>
    public RetryPolicy Retry { get; set; } = RetryPolicy.None;

    /// <summary>Whether trying again could help after an exception. Default: any is worth another try.</summary>
    public Func<Exception, bool>? IsWorthRetrying { get; set; }

    /// <summary>How many of its jobs may run, wait and start, over all processes. Default: any number.</summary>
    public CapSize? Cap { get; set; }

    /// <summary>
    /// Whether work that was cut off by the death of its process may run again from its start, as the next attempt. Only for work that does
    /// no harm when it runs twice. Default: false.
    /// </summary>
    public bool Restartable { get; set; }

    /// <summary>
    /// Whether its work goes on when this process ends, such as a process of its own, and is taken up again by
    /// <see cref="IJobExecutor.ResumeAsync"/>. A stopping host does not wait for it: it tells the executor to let go of the work
    /// (<see cref="StopReason.ShuttingDown"/>), and the job stays running. Its wall time counts on while no process looks after it. It is resumed
    /// even where it is <see cref="Restartable"/>. Default: false.
    /// </summary>
    public bool Outlives { get; set; }

    /// <summary>
    /// Whether its jobs take no slot of the runner, because what they use is elsewhere: they start even where all slots are taken, and only
    /// caps hold them back. Default: false.
    /// </summary>
    public bool OutsideSlots { get; set; }

    /// <summary>
    /// Whether its body blocks its thread, so that it runs on a thread of its own. Default: false; a body that is seen blocking is moved there.
    /// </summary>
    public bool Blocking { get; set; }

    /// <summary>
    /// How long a caller waits for a call of this kind before it is handed over; zero hands over at once. Default: that of
    /// <see cref="ErrandOptions.AsyncTimeout"/>.
    /// </summary>
    public TimeSpan? AsyncTimeout { get; set; }

    /// <summary>
    /// Refuses an input that does not fit, when it is submitted; throws <see cref="InvalidJobException"/>. Default: any input fits.
    /// </summary>
    public Action<JobData>? CheckInput { get; set; }

    internal volatile bool SeenBlocking;

    internal volatile bool SeenYielding;
}
