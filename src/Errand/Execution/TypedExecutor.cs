using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Errand;

/// <summary>Runs work that knows its types: reads the input, writes the result.</summary>
internal sealed class TypedExecutor<TInput, TResult>(
    Func<JobContext, IJob<TInput, TResult>> job, JsonTypeInfo<TInput> inputType, JsonTypeInfo<TResult> resultType) : IJobExecutor
{
    public async ValueTask<JobOutcome> RunAsync(JobContext context)
    {
        TInput input;
        try { input = TypedExecutor.Read(context.Input, inputType); }
        catch (InvalidJobException e) { return TypedExecutor.NotStarted(e); }
        var result = await job(context).RunAsync(input, context);
        return typeof(TResult) == typeof(NoResult) ? JobOutcome.Completed() : JobOutcome.Completed(JobData.From(result, resultType));
    }
}

internal static class TypedExecutor
{
    public static JobKind KindOf<TInput, TResult>(string name, Func<JobContext, IJob<TInput, TResult>> job, JsonSerializerOptions json)
    {
        var inputType = (JsonTypeInfo<TInput>)json.GetTypeInfo(typeof(TInput));
        var resultType = (JsonTypeInfo<TResult>)json.GetTypeInfo(typeof(TResult));
        var executor = new TypedExecutor<TInput, TResult>(job, inputType, resultType);
        return new(name, _ => executor) { CheckInput = input => Read(input, inputType) };
    }

    /// <summary>Reads an input, or says what is wrong with it.</summary>
    public static TInput Read<TInput>(JobData input, JsonTypeInfo<TInput> type)
    {
        TInput? value;
        try { value = input.As(type); }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidJobException("input", $"The input does not fit {typeof(TInput).Name}: {e.Message}", e);
        }
        Validate(value);
        return value!;
    }

    /// <summary>Lets an input that can say what is wrong with it say so.</summary>
    public static void Validate(object? input)
    {
        if (input is not IValidatableObject validatable) return;
        var context = new ValidationContext(validatable, validatable.GetType().Name, null, null);
        if (validatable.Validate(context).FirstOrDefault() is { } problem)
            throw new InvalidJobException("input", problem.ErrorMessage ?? "The input is not valid.");
    }

    /// <summary>How work ends whose input does not fit: another process, which could not look, has submitted it.</summary>
    public static JobOutcome NotStarted(InvalidJobException problem) =>
        JobOutcome.Failed(new JobError(JobErrorCodes.StartFailed, problem.Message, Retryable: false));
}

/// <summary>A job that is a delegate.</summary>
internal sealed class DelegateJob<TInput, TResult>(Func<TInput, JobContext, Task<TResult>> work) : IJob<TInput, TResult>
{
    public Task<TResult> RunAsync(TInput input, JobContext job) => work(input, job);
}

/// <summary>An executor that is a delegate.</summary>
internal sealed class DelegateExecutor(Func<JobContext, ValueTask<JobOutcome>> work) : IJobExecutor
{
    public ValueTask<JobOutcome> RunAsync(JobContext job) => work(job);
}
