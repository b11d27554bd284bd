using System.Reflection;

namespace Errand.Mutation.Tests;

/// <summary>
/// Every transition of the life cycle in every shape it has: each named constructor is called with samples of what it takes, so that a new
/// one is here without being named.
/// </summary>
internal static class LifeCycle
{
    private static readonly DateTimeOffset At = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    private static readonly JobInput Asked = new("1", JobData.Parse("1"), At);
    private static readonly JobInput Answered = Asked with { Answer = JobData.Parse("1"), AnsweredAt = At, AnsweredBy = "ann" };

    // One for each case that a constructor may tell apart.
    private static readonly Dictionary<Type, object[]> Samples = new()
    {
        [typeof(RunnerId)] = [new RunnerId("runner")],
        [typeof(DateTimeOffset)] = [At],
        [typeof(JobFence)] = [new JobFence(new("runner"), 1)],
        [typeof(Job)] = [Job.Running(JobId.From(At, new byte[16]), new JobSpec("work"), new("runner"), At, At)],
        [typeof(JobId)] = [JobId.From(At, new byte[16])],
        [typeof(bool)] = [false, true],
        [typeof(string)] = ["1"],
        [typeof(long)] = [1L],
        [typeof(JobProgress)] = [new JobProgress(1)],
        [typeof(JobData)] = [JobData.Parse("1")],
        [typeof(JobEvent)] = [new JobEvent(At, JobEvents.Signalled)],
        [typeof(JobError)] = [new JobError("e", "m")],
        [typeof(JobDue)] = [new JobDue(At)],
        [typeof(JobOutcome)] = [JobOutcome.Completed(), JobOutcome.Failed(new("e", "m")), JobOutcome.Cancelled],
        [typeof(IReadOnlyList<JobInput>)] = [new[] { Asked }, new[] { Answered }],
    };

    public static IReadOnlyList<JobTransition> Transitions { get; } =
    [
        .. typeof(JobTransition).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.ReturnType == typeof(JobTransition)).SelectMany(Every).DistinctBy(TransitionShape.Of),
    ];

    private static IEnumerable<JobTransition> Every(MethodInfo constructor)
    {
        IEnumerable<object[]> calls = [[]];
        foreach (var parameter in constructor.GetParameters())
        {
            if (!Samples.TryGetValue(parameter.ParameterType, out var samples))
                throw new InvalidOperationException($"JobTransition.{constructor.Name} takes a {parameter.ParameterType}; add samples of it.");
            calls = calls.SelectMany(_ => samples, (call, sample) => (object[])[.. call, sample]);
        }
        return calls.Select(call => (JobTransition)constructor.Invoke(null, call)!);
    }
}
