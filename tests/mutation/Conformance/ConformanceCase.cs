using System.Reflection;
using Errand.Testing.Conformance;

namespace Errand.Mutation.Tests;

/// <summary>One test of the conformance suite with its arguments, to be run over any store in this process.</summary>
internal sealed class ConformanceCase(MethodInfo method, object?[] arguments)
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        .. from method in typeof(JobStoreConformance).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           where method.GetCustomAttribute<FactAttribute>() is not null
           from arguments in ArgumentsOf(method)
           select new ConformanceCase(method, arguments),
    ];

    public string Name { get; } = arguments.Length == 0 ? method.Name : $"{method.Name}({string.Join(", ", arguments)})";

    /// <summary>Runs the test, with a subject of its own.</summary>
    /// <returns>Why it failed, if it did; a <see cref="TimeoutException"/> where it did not end.</returns>
    public async Task<Exception?> RunAsync(JobStoreConformance subject, TimeSpan patience)
    {
        try
        {
            await Task.Run(() => RunToEndAsync(subject)).WaitAsync(patience);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task RunToEndAsync(JobStoreConformance subject)
    {
        try
        {
            await subject.InitializeAsync();
            if (method.Invoke(subject, BindingFlags.DoNotWrapExceptions, null, arguments, null) is Task task) await task;
        }
        finally
        {
            await subject.DisposeAsync();
        }
    }

    private static IEnumerable<object?[]> ArgumentsOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<TheoryAttribute>() is null) return [[]];
        var inline = method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data);
        var members = method.GetCustomAttributes<MemberDataAttribute>().SelectMany(data =>
            (IEnumerable<ITheoryDataRow>)typeof(JobStoreConformance).GetProperty(data.MemberName)!.GetValue(null)!).Select(row => row.GetData());
        return inline.Concat(members);
    }
}
